//! Consent: how the user answers the question "let this app in?" (launcher behaviour §3.1).

use std::collections::VecDeque;

use serde::Serialize;
use tokio::sync::oneshot;

use super::app::{App, Permission};
use super::page::Page;
use crate::config::Consent;

/// How many questions may wait for an answer at a time. One more is denied at once.
pub const QUESTIONS_MAX: usize = 100;

/// An app that waits to be let in.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Question {
    /// Its number, by which it is decided.
    pub id: u64,
    /// The app that asks.
    pub app: App,
    /// The permissions that it asks for.
    pub permissions: Vec<Permission>,
}

fn held_bytes(app: &App, permissions: &[Permission]) -> usize {
    size_of::<Question>() + app.held_bytes() + size_of_val(permissions)
}

/// The decision about a question.
#[derive(Debug)]
pub enum Verdict {
    /// Decided at once: whether the app is let in.
    Decided(bool),
    /// Not decided yet. If the sender is dropped, the app is not let in.
    Waiting(u64, oneshot::Receiver<bool>),
}

/// The policy and the questions that wait, oldest first.
#[derive(Debug)]
pub struct Consents {
    policy: Consent,
    waiting: VecDeque<(Question, oneshot::Sender<bool>)>,
    bytes_max: usize,
    next: u64,
    changes: u64,
}

impl Consents {
    /// No question yet, and at most `bytes_max` bytes of them.
    pub fn new(policy: Consent, bytes_max: usize) -> Self {
        Self { policy, waiting: VecDeque::new(), bytes_max, next: 1, changes: 0 }
    }

    /// The policy in force.
    pub fn policy(&self) -> Consent {
        self.policy
    }

    /// How often the policy was set, or the apps that wait changed.
    pub fn changes(&self) -> u64 {
        self.changes
    }

    /// Asks whether to let an app in.
    pub fn ask(&mut self, app: &App, permissions: &[Permission]) -> Verdict {
        match self.policy {
            Consent::Allow => Verdict::Decided(true),
            Consent::Deny => Verdict::Decided(false),
            Consent::Ask if !self.has_room_for(app, permissions) => Verdict::Decided(false),
            Consent::Ask => {
                let (sender, receiver) = oneshot::channel();
                let id = self.next;
                self.next += 1;
                self.changes += 1;
                let question = Question { id, app: app.clone(), permissions: permissions.to_vec() };
                self.waiting.push_back((question, sender));
                Verdict::Waiting(id, receiver)
            }
        }
    }

    fn has_room_for(&self, app: &App, permissions: &[Permission]) -> bool {
        let bytes = self.bytes().saturating_add(held_bytes(app, permissions));
        self.waiting.len() < QUESTIONS_MAX && bytes <= self.bytes_max
    }

    /// How many bytes the questions hold. There are few: they are added up each time.
    pub fn bytes(&self) -> usize {
        self.waiting.iter().map(|(question, _)| held_bytes(&question.app, &question.permissions)).sum()
    }

    /// A page of the questions that wait with a higher number than `after`, oldest first.
    pub fn page(&self, after: Option<u64>, limit: Option<usize>) -> Page<Question, u64> {
        let later = self.waiting.iter().map(|(question, _)| question).filter(|question| Some(question.id) > after);
        Page::of(later.map(|one| (one.id, held_bytes(&one.app, &one.permissions), one.clone())), limit)
    }

    /// Decides one question. Returns whether it was waiting.
    pub fn answer(&mut self, id: u64, allow: bool) -> bool {
        let Some(index) = self.waiting.iter().position(|(question, _)| question.id == id) else { return false };
        self.changes += 1;
        // The receiver may be gone.
        self.waiting.remove(index).is_some_and(|(_, sender)| sender.send(allow).is_ok())
    }

    /// Removes a question.
    pub fn withdraw(&mut self, id: u64) {
        self.changes += 1;
        self.waiting.retain(|(question, _)| question.id != id);
    }

    /// Changes the policy. A policy other than `Ask` decides the questions that wait.
    pub fn set_policy(&mut self, policy: Consent) {
        self.policy = policy;
        self.changes += 1;
        match policy {
            Consent::Ask => {}
            Consent::Allow => self.answer_all(true),
            Consent::Deny => self.answer_all(false),
        }
    }

    /// Decides all questions that wait.
    pub fn answer_all(&mut self, allow: bool) {
        self.changes += 1;
        for (_, sender) in self.waiting.drain(..) {
            // The receiver may be gone.
            let _gone = sender.send(allow);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(consents: &mut Consents) -> Verdict {
        let text = || "x".to_owned();
        consents.ask(&App { name: text(), id: text(), vendor: text(), version: text() }, &[])
    }

    fn waiting(consents: &mut Consents) -> (u64, oneshot::Receiver<bool>) {
        match ask(consents) {
            Verdict::Waiting(id, answer) => (id, answer),
            Verdict::Decided(allow) => panic!("decided at once: {allow}"),
        }
    }

    #[test]
    fn allow_and_deny_decide_at_once() {
        assert!(matches!(ask(&mut Consents::new(Consent::Allow, usize::MAX)), Verdict::Decided(true)));
        assert!(matches!(ask(&mut Consents::new(Consent::Deny, usize::MAX)), Verdict::Decided(false)));
    }

    #[test]
    fn a_question_waits_until_it_is_answered() {
        let mut consents = Consents::new(Consent::Ask, usize::MAX);
        let (id, mut answer) = waiting(&mut consents);
        assert!(answer.try_recv().is_err());
        assert!(consents.answer(id, true));
        assert_eq!(answer.try_recv(), Ok(true));
        assert!(!consents.answer(id, true));
    }

    #[test]
    fn a_later_question_can_be_answered_first() {
        let mut consents = Consents::new(Consent::Ask, usize::MAX);
        let (first, _first) = waiting(&mut consents);
        let (second, mut answer) = waiting(&mut consents);
        assert!(consents.answer(second, false));
        assert_eq!(answer.try_recv(), Ok(false));
        assert_eq!(consents.page(None, None).items[0].id, first);
    }

    #[test]
    fn a_new_policy_answers_what_waits() {
        let mut consents = Consents::new(Consent::Ask, usize::MAX);
        let (_, mut answer) = waiting(&mut consents);
        consents.set_policy(Consent::Deny);
        assert_eq!(answer.try_recv(), Ok(false));
    }

    #[test]
    fn the_queue_is_bounded() {
        let mut consents = Consents::new(Consent::Ask, usize::MAX);
        let _receivers: Vec<_> = (0..QUESTIONS_MAX).map(|_| waiting(&mut consents)).collect();
        assert!(matches!(ask(&mut consents), Verdict::Decided(false)));
        assert_eq!(consents.waiting.len(), QUESTIONS_MAX);
    }

    #[test]
    fn the_queue_is_bounded_in_bytes() {
        let mut consents = Consents::new(Consent::Ask, 2_000);
        let receivers: Vec<_> = std::iter::from_fn(|| match ask(&mut consents) {
            Verdict::Waiting(_, answer) => Some(answer),
            Verdict::Decided(_) => None,
        })
        .collect();
        assert!(!receivers.is_empty() && receivers.len() < QUESTIONS_MAX);
        assert!(consents.bytes() <= 2_000);
    }
}
