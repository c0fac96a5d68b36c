//! The shim's reasons and the page that explains them.

use croft_shim::reason::Reason;

/// Every reason has a heading of its own in `docs/errors.md`, with its CNI code somewhere in the section below it.
#[test]
fn every_reason_is_explained() {
    let page =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/errors.md")).expect("docs/errors.md");
    for reason in Reason::ALL {
        let heading = format!("### {}", reason.name());
        let mut sections = page.split("\n### ").filter(|section| section.lines().next() == Some(reason.name()));
        let section = sections.next().unwrap_or_else(|| panic!("docs/errors.md has no heading {heading:?}"));
        assert!(sections.next().is_none(), "docs/errors.md has {heading:?} twice");
        assert!(section.contains(&reason.code().to_string()), "{heading:?} does not name code {}", reason.code());
    }
}
