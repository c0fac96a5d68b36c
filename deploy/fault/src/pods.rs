//! The pods that the runtime of a machine knows.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::clock::now;
use crate::shim::Pod;

/// Each by its container.
#[derive(Default)]
pub struct Pods {
    known: Mutex<HashMap<String, (Pod, bool)>>,
    vanished: Mutex<Vec<(Pod, u64)>>,
}

impl Pods {
    fn lock(&self) -> MutexGuard<'_, HashMap<String, (Pod, bool)>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lock_vanished(&self) -> MutexGuard<'_, Vec<(Pod, u64)>> {
        self.vanished.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The runtime knows this pod; `held`: it was told its addresses and did not give them back.
    pub fn know(&self, pod: &Pod, held: bool) {
        self.lock().insert(pod.container.clone(), (pod.clone(), held));
    }

    /// The runtime is done with it.
    pub fn forget(&self, pod: &Pod) {
        self.lock().remove(&pod.container);
    }

    /// The runtime lost it; its addresses are left to garbage collection.
    pub fn vanish(&self, pod: &Pod) {
        self.forget(pod);
        self.lock_vanished().push((pod.clone(), now()));
    }

    /// Takes those that vanished before that time.
    pub fn take_vanished(&self, before: u64) -> Vec<Pod> {
        let mut vanished = self.lock_vanished();
        let (old, young) = vanished.drain(..).partition(|(_, at)| *at < before);
        *vanished = young;
        old.into_iter().map(|(pod, _): (Pod, u64)| pod).collect()
    }

    /// The machine goes down: its runtime knows nothing any more. Those whose sandboxes are there.
    pub fn take_all(&self) -> Vec<Pod> {
        self.lock_vanished().clear();
        self.lock().drain().map(|(_, (pod, _))| pod).collect()
    }

    /// Containers that the runtime knows.
    pub fn known(&self) -> Vec<String> {
        self.lock().keys().cloned().collect()
    }

    /// Pods that hold addresses.
    pub fn holding(&self) -> Vec<Pod> {
        let pods = self.lock();
        let mut holding: Vec<Pod> = pods.values().filter(|(_, held)| *held).map(|(pod, _)| pod.clone()).collect();
        holding.sort_by(|one, other| one.container.cmp(&other.container));
        holding
    }
}
