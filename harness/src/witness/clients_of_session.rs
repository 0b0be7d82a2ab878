//! Tells the clients apart that share one session at one launcher: an app that asks again is given the session that it has. They are
//! known by what they do. Who stores an offer polls for its answer, who answers an offer has not made it, and who asks for a session is
//! a client that was not there before.

use std::collections::{BTreeMap, BTreeSet};

use super::chain::{Chain, Shows};
use super::request::Request;

/// A client, as far as it is known.
#[derive(Debug, Default)]
struct Part {
    requests: Vec<usize>,
    /// The records of the answers to its offers.
    offers: BTreeSet<String>,
    /// Of its offers, the last that was stored and not answered yet.
    open: Option<String>,
}

/// What is known while chains are read in order.
#[derive(Default)]
struct Reader {
    /// In the order in which they came.
    parts: Vec<Part>,
    /// Who made the offer to which the answer belongs under a record.
    initiators: BTreeMap<String, usize>,
    /// Who made an offer of a hash: with the same session description it may be looked for under another record.
    makers: BTreeMap<String, usize>,
    /// Who stored an answer under a record last: its hash, and the client.
    recipients: BTreeMap<String, (String, usize)>,
    /// Requests that show nothing, and belong to the client that does something next.
    waiting: Vec<usize>,
    /// Requests that find an offer, and belong to the client that will answer it.
    found: BTreeMap<String, Vec<usize>>,
}

/// The requests of a session in a room, in the order in which they were answered: those of each client.
pub(super) fn by_client(
    requests: &[Request<'_>],
    of_session: &[usize],
    is_login: impl Fn(usize) -> bool,
) -> Vec<Vec<usize>> {
    let chains = Chain::all(requests, of_session, is_login);
    let mut reader = Reader::default();
    for (index, chain) in chains.iter().enumerate() {
        reader.add(chain, &chains[index + 1..]);
    }
    reader.end(requests)
}

impl Reader {
    fn add(&mut self, chain: &Chain, later: &[Chain]) {
        if chain.shows == Shows::Login {
            self.flush();
            self.parts.push(Part { requests: chain.requests.clone(), ..Part::default() });
            return;
        }
        if let Shows::FindsOffer { answer } = &chain.shows {
            let answers = |later: &Chain| matches!(&later.shows, Shows::Answer { record, .. } if record == answer);
            if later.iter().any(answers) {
                self.found.entry(answer.clone()).or_default().extend(&chain.requests);
                return;
            }
        }
        let Some(part) = self.part_of(&chain.shows) else {
            self.waiting.extend(&chain.requests);
            return;
        };
        let waiting = std::mem::take(&mut self.waiting);
        let found = match &chain.shows {
            Shows::Answer { record, .. } => self.found.remove(record).unwrap_or_default(),
            _ => Vec::new(),
        };
        self.parts[part].requests.extend(waiting.iter().chain(&found).chain(&chain.requests));
        self.learn(part, &chain.shows);
    }

    /// The client of a chain, if that shows.
    fn part_of(&mut self, shows: &Shows) -> Option<usize> {
        match shows {
            Shows::Login | Shows::Nothing | Shows::FindsOffer { .. } => None,
            Shows::Offer { answer, hash, .. } => {
                let again = self.makers.get(hash).or_else(|| self.initiators.get(answer)).copied();
                Some(again.unwrap_or_else(|| self.choose(|_| true)))
            }
            Shows::Answer { record, hash } => {
                let again = self.recipients.get(record).filter(|(stored, _)| stored == hash).map(|(_, part)| *part);
                Some(again.unwrap_or_else(|| self.choose(|part| !part.offers.contains(record))))
            }
            Shows::DeletesAnswer { record } => self.recipient(record).or_else(|| self.initiators.get(record).copied()),
            Shows::Polls { record, .. } => {
                let last = self.parts.len().checked_sub(1);
                // One that has come since may look what its former self has left.
                self.initiators
                    .get(record)
                    .copied()
                    .or_else(|| self.recipient(record).filter(|part| Some(*part) == last))
            }
            Shows::DeletesOffer { answer } => self.initiators.get(answer).copied(),
        }
    }

    fn recipient(&self, record: &str) -> Option<usize> {
        self.recipients.get(record).map(|(_, part)| *part)
    }

    /// The client that came last and has nothing under way, or else that came last, or else a new one.
    fn choose(&mut self, may_be: impl Fn(&Part) -> bool) -> usize {
        let all = || self.parts.iter().enumerate().rev().filter(|(_, part)| may_be(part));
        let chosen = all().find(|(_, part)| part.open.is_none()).or_else(|| all().next()).map(|(index, _)| index);
        chosen.unwrap_or_else(|| {
            self.parts.push(Part::default());
            self.parts.len() - 1
        })
    }

    fn learn(&mut self, index: usize, shows: &Shows) {
        let part = &mut self.parts[index];
        match shows {
            Shows::Offer { answer, hash, is_taken } => {
                self.makers.insert(hash.clone(), index);
                part.offers.insert(answer.clone());
                if *is_taken {
                    part.open = Some(answer.clone());
                }
                self.initiators.insert(answer.clone(), index);
            }
            Shows::Answer { record, hash } => {
                self.recipients.insert(record.clone(), (hash.clone(), index));
            }
            Shows::Polls { record: answer, has_found: true } | Shows::DeletesOffer { answer } => {
                part.open.take_if(|open| open == answer);
            }
            _ => {}
        }
    }

    /// What waits belongs to the client that came last.
    fn flush(&mut self) {
        let waiting = std::mem::take(&mut self.waiting);
        if waiting.is_empty() {
            return;
        }
        if self.parts.is_empty() {
            self.parts.push(Part::default());
        }
        if let Some(last) = self.parts.last_mut() {
            last.requests.extend(waiting);
        }
    }

    fn end(mut self, requests: &[Request<'_>]) -> Vec<Vec<usize>> {
        self.flush();
        // One that has only asked for a session did nothing in the room.
        let mut idle = Vec::new();
        let mut parts = Vec::<Vec<usize>>::new();
        for part in self.parts {
            let is_idle = part.requests.iter().all(|index| requests[*index].record().is_none());
            if is_idle {
                idle.extend(part.requests);
            } else {
                parts.push(part.requests);
            }
        }
        match parts.first_mut() {
            Some(first) => first.extend(idle),
            None if idle.is_empty() => {}
            None => parts.push(idle),
        }
        for part in &mut parts {
            part.sort_unstable();
        }
        parts
    }
}
