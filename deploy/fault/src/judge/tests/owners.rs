//! Controls about who owns what.

use super::tale::{BLOCK, SECOND, Tale};
use crate::history::Event;

#[test]
fn catches_an_address_of_a_block_that_is_anothers() {
    let mut tale = Tale::begin();
    tale.add("n2", "a", 10, "10.64.0.1");
    tale.is_caught("only addresses of own blocks");
}

#[test]
fn catches_an_address_of_a_block_that_was_given_back() {
    let mut tale = Tale::begin();
    tale.own(6, "", "", 1, 10);
    tale.add("n1", "a", 20, "10.64.0.1");
    tale.is_caught("only addresses of own blocks");
}

#[test]
fn a_late_recorder_accuses_nobody() {
    let mut tale = Tale::begin();
    tale.own(6, "", "", 1, 20);
    tale.mark(7, 18);
    tale.own(8, "i2", "n2", 2, 40);
    tale.add("n2", "a", 21, "10.64.0.1");
    tale.is_right();
}

#[test]
fn an_owner_changes_by_tombstone() {
    let mut tale = Tale::begin();
    tale.own(6, "", "", 1, 10);
    tale.own(7, "i2", "n2", 2, 12);
    tale.add("n2", "a", 20, "10.64.0.1");
    tale.is_right();
}

#[test]
fn catches_an_owner_that_changes_by_itself() {
    let mut tale = Tale::begin();
    tale.own(6, "i2", "n2", 2, 10);
    tale.is_caught("owners change only as the design has it");
}

#[test]
fn an_owner_changes_in_a_freeze_and_by_inheritance() {
    let mut tale = Tale::begin();
    tale.put(6, "/croft/v1/fault/meta", r#"{"frozen":true}"#, 9);
    tale.own(7, "i2", "n2", 2, 10);
    tale.is_right();
    let mut tale = Tale::begin();
    tale.put(6, "/croft/v1/fault/installs/i3", r#"{"node":"n1","hardwareId":"h1","bootId":"b3"}"#, 9);
    tale.own(7, "i3", "n1", 2, 10);
    tale.is_right();
}

#[test]
fn catches_an_inheritance_in_the_same_boot() {
    let mut tale = Tale::begin();
    tale.put(6, "/croft/v1/fault/installs/i3", r#"{"node":"n1","hardwareId":"h1","bootId":"b1"}"#, 9);
    tale.own(7, "i3", "n1", 2, 10);
    tale.is_caught("owners change only as the design has it");
}

#[test]
fn catches_an_inheritance_on_other_hardware() {
    let mut tale = Tale::begin();
    tale.put(6, "/croft/v1/fault/installs/i3", r#"{"node":"n1","hardwareId":"h9","bootId":"b3"}"#, 9);
    tale.own(7, "i3", "n1", 2, 10);
    tale.is_caught("owners change only as the design has it");
}

#[test]
fn an_owner_changes_after_the_word_that_its_machine_is_off_and_not_before() {
    let mut tale = Tale::begin();
    tale.own(6, "i2", "n2", 2, 10);
    let at = |second| Event::Reclaimed { node: "n1".to_owned(), at: second * SECOND };
    tale.0.push(at(11));
    tale.is_caught("owners change only as the design has it");
    tale.0.push(at(9));
    tale.is_right();
}

#[test]
fn catches_a_token_that_goes_back_and_a_record_that_is_deleted() {
    let mut tale = Tale::begin();
    tale.own(6, "", "", 0, 10);
    tale.is_caught("owners change only as the design has it");
    let mut tale = Tale::begin();
    tale.0.push(Event::Put { era: 0, revision: 6, key: BLOCK.to_owned(), value: None, at: 10 * SECOND });
    tale.is_caught("owners change only as the design has it");
}

#[test]
fn catches_two_tokens_of_one_epoch() {
    let mut tale = Tale::begin();
    tale.own(6, "i1", "n1", 2, 10);
    tale.is_right();
    let value = r#"{"installId":"i1","node":"n1","token":{"generation":"1","epoch":"2","nonce":"other"}}"#;
    tale.put(7, BLOCK, value, 12);
    tale.is_caught("owners change only as the design has it");
}

#[test]
fn a_restored_store_goes_on_from_its_backup() {
    let mut tale = Tale::begin();
    tale.own(6, "", "", 1, 10);
    tale.own(7, "i2", "n2", 2, 12);
    tale.0.push(Event::Restored { era: 1, base: 5, at: 20 * SECOND });
    // n2 may serve on from what the backup lacks.
    tale.add("n2", "a", 22, "10.64.0.1");
    tale.is_right();
    // But out of the freeze n1, whom the backup shows, is an owner like any other.
    let value = r#"{"installId":"i2","node":"n2","token":{"generation":"1","epoch":"2","nonce":"2-i2"}}"#;
    let (key, value) = (BLOCK.to_owned(), Some(value.to_owned()));
    tale.0.push(Event::Put { era: 1, revision: 6, key, value, at: 30 * SECOND });
    tale.is_caught("owners change only as the design has it");
}

#[test]
fn a_claim_that_only_a_freeze_shows_was_made_before_it_and_not_before_the_last_mark() {
    let mut tale = Tale::begin();
    tale.own(6, "", "", 1, 10);
    tale.mark(7, 14);
    tale.0.push(Event::Restored { era: 1, base: 5, at: 20 * SECOND });
    let put = |key: &str, value: &str, revision, second| {
        let (key, value) = (key.to_owned(), Some(value.to_owned()));
        Event::Put { era: 1, revision, key, value, at: second * SECOND }
    };
    tale.0.push(put("/croft/v1/fault/meta", r#"{"frozen":true}"#, 6, 21));
    let own = r#"{"installId":"i2","node":"n2","token":{"generation":"1","epoch":"2","nonce":"2-i2"}}"#;
    tale.0.push(put(BLOCK, own, 7, 26));
    tale.add("n2", "a", 16, "10.64.0.1");
    tale.is_right();
    tale.add("n2", "b", 12, "10.64.0.2");
    tale.is_caught("only addresses of own blocks");
}

#[test]
fn a_former_owner_that_speaks_first_in_a_freeze_takes_nothing_from_the_later_one() {
    let put = |era, second, revision, install: &str, node: &str, epoch| {
        let token = format!(r#"{{"generation":"1","epoch":"{epoch}","nonce":"{epoch}-{install}"}}"#);
        let value = Some(format!(r#"{{"installId":"{install}","node":"{node}","token":{token}}}"#));
        Event::Put { era, revision, key: BLOCK.to_owned(), value, at: second * SECOND }
    };
    let mut tale = Tale::begin();
    tale.own(6, "", "", 1, 10);
    tale.own(7, "i2", "n2", 2, 12);
    tale.0.push(Event::Restored { era: 1, base: 5, at: 20 * SECOND });
    let (key, value) = ("/croft/v1/fault/meta".to_owned(), Some(r#"{"frozen":true}"#.to_owned()));
    tale.0.push(Event::Put { era: 1, revision: 6, key, value, at: 21 * SECOND });
    tale.0.push(put(1, 22, 7, "i1", "n1", 1));
    tale.add("n2", "a", 24, "10.64.0.1");
    tale.0.push(put(1, 26, 8, "i2", "n2", 2));
    tale.is_right();
    tale.add("n1", "b", 40, "10.64.0.2");
    tale.is_caught("only addresses of own blocks");
}
