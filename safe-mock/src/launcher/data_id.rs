//! Data ids behind handles (launcher behaviour §6).

use super::account::AccountId;
use super::error::LauncherError;
use super::handle::Handle;
use super::state::State;
use crate::network::DataId;

impl State {
    /// Holds a data id behind a new handle.
    pub fn hold_data_id(&mut self, caller: Option<AccountId>, id: DataId) -> Handle<DataId> {
        self.touched.record = Some(id.name());
        self.hold(caller, id)
    }

    /// The bytes of a data id, for another app to deserialise.
    ///
    /// # Errors
    /// The handle is not live.
    pub fn serialise_data_id(&mut self, caller: AccountId, handle: Handle<DataId>) -> Result<Vec<u8>, LauncherError> {
        let id = self.handles.get(Some(caller), handle)?;
        self.touched.record = Some(id.name());
        Ok(id.encode())
    }

    /// Drops a handle to a data id.
    ///
    /// # Errors
    /// The handle is not live.
    pub fn drop_data_id(&mut self, caller: Option<AccountId>, handle: Handle<DataId>) -> Result<(), LauncherError> {
        self.touched.record = Some(self.handles.get(caller, handle)?.name());
        self.handles.drop_handle(caller, handle)
    }

    /// Holds the data id that another app serialised.
    ///
    /// # Errors
    /// The bytes do not decode.
    pub fn deserialise_data_id(
        &mut self,
        caller: Option<AccountId>,
        bytes: &[u8],
    ) -> Result<Handle<DataId>, LauncherError> {
        let id = DataId::decode(bytes).map_err(|_| LauncherError::Undecodable)?;
        Ok(self.hold_data_id(caller, id))
    }
}
