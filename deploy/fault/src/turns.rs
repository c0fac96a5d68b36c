//! Lets faults go on at once, and one that concerns everything go on alone.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

#[derive(Default)]
struct State {
    long: u32,
    short: u32,
    wanted: bool,
    alone: bool,
}

/// Who goes on.
#[derive(Default)]
pub struct Turns {
    state: Mutex<State>,
    changed: Condvar,
}

/// Goes on until it is dropped.
pub struct Turn<'a> {
    turns: &'a Turns,
    end: fn(&mut State),
}

impl Turns {
    fn wait(&self, until: impl Fn(&State) -> bool) -> MutexGuard<'_, State> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        self.changed.wait_while(state, |state| !until(state)).unwrap_or_else(PoisonError::into_inner)
    }

    /// With others. While somebody waits to be alone, short ones begin for as long as a long one goes on anyway.
    pub fn shared(&self, long: bool) -> Turn<'_> {
        let mut state = self.wait(|state| !state.alone && (!state.wanted || (!long && state.long > 0)));
        if long {
            state.long += 1;
            Turn { turns: self, end: |state| state.long -= 1 }
        } else {
            state.short += 1;
            Turn { turns: self, end: |state| state.short -= 1 }
        }
    }

    /// When all others are over. One at a time asks for it.
    pub fn alone(&self) -> Turn<'_> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).wanted = true;
        let mut state = self.wait(|state| !state.alone && state.long + state.short == 0);
        state.alone = true;
        Turn {
            turns: self,
            end: |state| {
                state.alone = false;
                state.wanted = false;
            },
        }
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        (self.end)(&mut self.turns.state.lock().unwrap_or_else(PoisonError::into_inner));
        self.turns.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;
    use std::thread;

    use super::Turns;

    #[test]
    fn who_wants_to_be_alone_waits_for_all_others() {
        let turns = Turns::default();
        let (told, heard) = channel();
        let long = turns.shared(true);
        thread::scope(|scope| {
            scope.spawn(|| {
                let _alone = turns.alone();
                told.send("alone").unwrap();
            });
            while !turns.state.lock().unwrap().wanted {
                thread::yield_now();
            }
            drop(turns.shared(false));
            assert!(heard.try_recv().is_err());
            drop(long);
            assert_eq!(heard.recv(), Ok("alone"));
        });
        drop(turns.shared(true));
    }
}
