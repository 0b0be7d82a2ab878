//! Long names and their services (wider behaviour §7).

use std::sync::Arc;
use std::time::Duration;

use super::account::Account;
use super::directory::Listing;
use super::error::LauncherError;
use super::path::Path;
use super::session::Session;
use super::state::State;
use crate::network::long_name::{Home, LONG_NAME_BYTES_MAX};
use crate::network::{DataName, File, GetError, LongName, MutationError, Record, Store, StructuredData};

impl State {
    /// Registers a long name without services.
    ///
    /// # Errors
    /// It is on the list of the account, or somebody else's; it was deleted; the network is full, or the list.
    pub fn create_name(&mut self, session: &Session, name: &str) -> Result<(), LauncherError> {
        let account = session.account();
        let record = LongName::record(name);
        self.touched.record = Some(record);
        if self.has_name(account, name)? {
            return Err(LauncherError::NameTaken);
        }
        if self.own_names.is_full() {
            return Err(LauncherError::TooManyNames);
        }
        let content = LongName::new(name).encode();
        let data = StructuredData::new(LongName::TAG, record, content, 0, account.key());
        self.touched.snapshot(&data);
        let mut store = self.uplink.store()?;
        match store.put(data) {
            Ok(()) => {}
            // A name of this account that is not on its list gets there (§7.4).
            Err(MutationError::DataExists) => {
                // What is stored there may be no long name at all, since the network keys by name alone.
                if !stored(&store, record).is_ok_and(|found| found.is_owned_by(&account.public_key())) {
                    return Err(LauncherError::NameTaken);
                }
            }
            Err(error) => return Err(error.into()),
        }
        drop(store);
        self.own_names.add(account.id(), name);
        Ok(())
    }

    /// Registers a long name, and adds a service to it. The name stays registered where the service cannot be added.
    ///
    /// # Errors
    /// As [`State::open_directory`], [`State::create_name`] and [`State::add_service`].
    pub fn register_name(
        &mut self,
        session: &Session,
        name: &str,
        service: &str,
        home: Path<'_>,
        now: Duration,
    ) -> Result<(), LauncherError> {
        let home = self.home(session, home, now)?;
        self.create_name(session, name)?;
        self.change_name(session, name, |services| add(services, service, home))
    }

    /// Adds a service to a long name of the account.
    ///
    /// # Errors
    /// As [`State::open_directory`]; the name is not on the list of the account, or has such a service; the network is full.
    pub fn add_service(
        &mut self,
        session: &Session,
        name: &str,
        service: &str,
        home: Path<'_>,
        now: Duration,
    ) -> Result<(), LauncherError> {
        let home = self.home(session, home, now)?;
        self.change_name(session, name, |services| add(services, service, home))
    }

    /// Deletes a service of a long name of the account.
    ///
    /// # Errors
    /// The name is not on the list of the account, or has no such service.
    pub fn delete_service(&mut self, session: &Session, name: &str, service: &str) -> Result<(), LauncherError> {
        let delete = |long: &mut LongName| long.services.remove(service).map(drop).ok_or(LauncherError::UnknownService);
        self.change_name(session, name, delete)
    }

    /// Deletes a long name of the account. Nobody can register it again.
    ///
    /// # Errors
    /// The name is not on the list of the account.
    pub fn delete_name(&mut self, session: &Session, name: &str) -> Result<(), LauncherError> {
        let account = session.account();
        let stored = self.own_name(account, name)?;
        let emptied = stored.emptied(account.key()).ok_or(MutationError::InvalidSuccessor)?;
        self.touched.snapshot(&emptied);
        self.uplink.store()?.delete(emptied)?;
        self.own_names.remove(account.id(), name);
        Ok(())
    }

    /// The long names of the account, in the order in which they were registered.
    ///
    /// # Errors
    /// The network is unreachable.
    pub fn list_names(&mut self, session: &Session) -> Result<Vec<Arc<str>>, LauncherError> {
        let account = session.account();
        let names: Vec<_> = self.own_names.of(account.id()).cloned().collect();
        let mut live = Vec::with_capacity(names.len());
        for name in names {
            if self.has_name(account, &name)? {
                live.push(name);
            }
        }
        Ok(live)
    }

    /// The services of any long name.
    ///
    /// # Errors
    /// It is not registered, or was deleted.
    pub fn list_services(&mut self, name: &str) -> Result<Vec<String>, LauncherError> {
        Ok(self.long_name(name)?.services.into_keys().collect())
    }

    /// Lists the directory of a service.
    ///
    /// # Errors
    /// The name is not registered, or was deleted; it has no such service; as [`State::list_directory`].
    pub fn read_home(&mut self, caller: Option<&Session>, name: &str, service: &str) -> Result<Listing, LauncherError> {
        let home = self.service(name, service)?;
        self.list_directory(caller, home.id)
    }

    /// A file of a service.
    ///
    /// # Errors
    /// The name is not registered, or was deleted; it has no such service; as [`State::file_below`].
    pub fn service_file(
        &mut self,
        caller: Option<&Session>,
        name: &str,
        service: &str,
        path: &str,
    ) -> Result<File, LauncherError> {
        let home = self.service(name, service)?;
        self.file_below(caller, home.id, path)
    }

    fn home(&mut self, session: &Session, at: Path<'_>, now: Duration) -> Result<Home, LauncherError> {
        let id = self.open_directory(session, at, now)?;
        let is_private = self.uplink.store()?.directory(id).map(|directory| directory.is_private)?;
        Ok(Home { id, is_private })
    }

    fn service(&mut self, name: &str, service: &str) -> Result<Home, LauncherError> {
        self.long_name(name)?.services.get(service).copied().ok_or(LauncherError::UnknownService)
    }

    fn long_name(&mut self, name: &str) -> Result<LongName, LauncherError> {
        let record = LongName::record(name);
        self.touched.record = Some(record);
        let data = stored(&*self.uplink.store()?, record)?;
        self.touched.snapshot(&data);
        decoded(&data)
    }

    /// Stores the next version of a long name of the account.
    fn change_name(
        &mut self,
        session: &Session,
        name: &str,
        change: impl FnOnce(&mut LongName) -> Result<(), LauncherError>,
    ) -> Result<(), LauncherError> {
        let account = session.account();
        let stored = self.own_name(account, name)?;
        let mut long = decoded(&stored)?;
        change(&mut long)?;
        let mut next = stored.successor(account.key()).ok_or(MutationError::InvalidSuccessor)?;
        next.content = long.encode().into();
        if next.content.len() > LONG_NAME_BYTES_MAX {
            return Err(MutationError::DataTooLarge.into());
        }
        self.touched.snapshot(&next);
        Ok(self.uplink.store()?.post(next)?)
    }

    /// The record of a name on the list of the account.
    fn own_name(&mut self, account: &Account, name: &str) -> Result<StructuredData, LauncherError> {
        let record = LongName::record(name);
        self.touched.record = Some(record);
        if !self.has_name(account, name)? {
            return Err(LauncherError::UnknownName);
        }
        Ok(stored(&*self.uplink.store()?, record)?)
    }

    /// Whether a name is on the list of the account. The network may have been emptied by another launcher: a name that is lost, or
    /// somebody else's by now, leaves the list.
    fn has_name(&mut self, account: &Account, name: &str) -> Result<bool, LauncherError> {
        if !self.own_names.has(account.id(), name) {
            return Ok(false);
        }
        let record = LongName::record(name);
        let found = stored(&*self.uplink.store()?, record);
        let is_lost = match found {
            Ok(data) => !data.is_deleted() && !data.is_owned_by(&account.public_key()),
            Err(GetError::NoSuchData) => true,
            Err(error) => return Err(error.into()),
        };
        if is_lost {
            self.own_names.remove(account.id(), name);
        }
        Ok(!is_lost)
    }
}

/// The record of a long name as it is now: faults of stale reads are for structured data that apps store themselves.
fn stored(store: &Store, record: DataName) -> Result<StructuredData, GetError> {
    match store.record(record) {
        Some(Record::Structured(data)) if data.tag == LongName::TAG => Ok(data.clone()),
        _ => Err(GetError::NoSuchData),
    }
}

fn add(long: &mut LongName, service: &str, home: Home) -> Result<(), LauncherError> {
    if long.services.contains_key(service) {
        return Err(LauncherError::ServiceExists);
    }
    long.services.insert(service.to_owned(), home);
    Ok(())
}

fn decoded(data: &StructuredData) -> Result<LongName, LauncherError> {
    LongName::decode(&data.content).map_err(|_| LauncherError::ContentUndecodable)
}
