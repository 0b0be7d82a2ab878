//! Faults of a launcher: rules by which calls go wrong, and immediate faults.

use std::time::Duration;

use super::fault_guard::FaultGuard;
use super::shared::Launcher;
use crate::call::HandleKind;
use crate::fault::{FaultView, InvalidRule, LinkView, Plan, Request, Rule};
use crate::network::DataName;

/// A handle, for a look-up of the record behind it.
#[derive(Debug, Clone, Copy)]
pub struct Named {
    /// What is behind it, if it is live.
    pub kind: HandleKind,
    /// Its number.
    pub number: u64,
}

impl Launcher {
    /// Adds a fault rule. It is removed when the guard is dropped.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use safe_mock::MockLauncher;
    /// use safe_mock::fault::{Fault, Rule};
    ///
    /// let launcher = MockLauncher::start().await?;
    /// let health = format!("{}/health", launcher.url());
    /// let guard = launcher.add_fault(Rule::new(Fault::Refuse))?;
    /// assert!(reqwest::get(&health).await.is_err());
    /// assert_eq!(guard.strikes(), 1);
    /// drop(guard);
    /// assert_eq!(reqwest::get(&health).await?.status(), 200);
    /// # launcher.shutdown().await;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The rule is invalid, or there are too many. Nothing has changed then.
    pub fn add_fault(&self, rule: Rule) -> Result<FaultGuard, InvalidRule> {
        let now = self.clock().elapsed();
        let id = self.change_faults(|state| state.faults.add(rule, now))?;
        Ok(FaultGuard::new(self.clone(), id))
    }

    /// The rules in the order in which they were added, and how many calls each struck.
    pub fn faults(&self) -> Vec<FaultView> {
        let now = self.clock().elapsed();
        self.state().faults.list(now)
    }

    /// Removes a rule. Returns whether it existed.
    pub fn remove_fault(&self, id: u64) -> bool {
        self.change_faults(|state| state.faults.remove(id))
    }

    /// Removes all rules. A partition stays.
    pub fn clear_faults(&self) {
        self.change_faults(|state| state.faults.clear());
    }

    /// Restarts the launcher in one step: sessions, handles and questions are lost, and handles count from 1 again. The
    /// account that is logged in, the network, the journal and the rules stay.
    pub fn restart(&self) {
        let lost = self.state().restart();
        drop(lost);
    }

    /// Loses all handles. New handles continue to count.
    pub fn lose_handles(&self) {
        let lost = self.state().handles.take();
        drop(lost);
    }

    /// Partitions the launcher from its network: calls that need the network change nothing and fail with
    /// `RequestTimeout` after `timeout`; calls that need only handles still work. A call that runs while the partition
    /// is repaired still fails.
    pub fn partition(&self, timeout: Duration) {
        self.change_faults(|state| state.faults.set_link(Some(timeout)));
    }

    /// Repairs a partition: the launcher reaches its network again.
    pub fn repair(&self) {
        self.change_faults(|state| state.faults.set_link(None));
    }

    /// Whether it reaches its network.
    pub fn link(&self) -> LinkView {
        self.state().faults.link()
    }

    /// Whether any rule needs the name of the record that a call is about.
    pub(crate) fn needs_records(&self) -> bool {
        self.state().faults.need_records()
    }

    /// The name of the record behind a live handle.
    pub(crate) fn name_behind(&self, handle: Named) -> Option<DataName> {
        self.state().handles.record_behind(handle.kind, handle.number)
    }

    /// The plan for a call that arrives now.
    pub(crate) fn plan_faults(&self, request: &Request<'_>) -> Plan {
        let now = self.clock().elapsed();
        self.state().faults.decide(request, now)
    }
}
