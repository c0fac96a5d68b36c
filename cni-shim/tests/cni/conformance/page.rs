//! `docs/conformance.md` and the tests that it names.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The rows of the rules: number, rule, source, what holds it.
fn rules() -> Vec<[String; 4]> {
    let page = std::fs::read_to_string(root().join("docs/conformance.md")).expect("docs/conformance.md");
    let section = page.split("\n## ").find(|section| section.starts_with("Rules")).expect("a section Rules");
    section
        .lines()
        .filter_map(|line| line.strip_prefix("| ")?.strip_suffix(" |"))
        .filter(|row| !row.starts_with("no. |"))
        .map(|row| {
            let cells: Vec<_> = row.split(" | ").map(str::to_owned).collect();
            cells.try_into().unwrap_or_else(|cells| panic!("four cells: {cells:?}"))
        })
        .collect()
}

/// Whether a file below the directory with that name has the text.
fn has(directory: &Path, name: &str, text: &str) -> bool {
    std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).any(|path| match path.is_dir() {
        true => has(&path, name, text),
        false => {
            path.file_name().is_some_and(|file| file == name) && std::fs::read_to_string(&path).unwrap().contains(text)
        }
    })
}

/// A test of Rust, `module::name`; of Java, `Class#name`; or a script, by its path.
fn exists(reference: &str) -> bool {
    if let Some((class, test)) = reference.split_once('#') {
        return has(&root().join("daemon/src/test/java"), &format!("{class}.java"), &format!("void {test}("));
    }
    let Some((module, test)) = reference.rsplit_once("::") else {
        return reference.contains('/') && root().join(reference).is_file();
    };
    let file = format!("{}.rs", module.replace("::", "/"));
    ["tests/cni", "tests/differential", "src"].iter().any(|directory| {
        let source = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(directory).join(&file));
        source.is_ok_and(|source| {
            let text = source.replace("    ", "");
            text.contains(&format!("#[test]\nfn {test}("))
        })
    })
}

#[test]
fn every_rule_is_held_by_a_test_that_exists_or_says_why_not() {
    let rules = rules();
    let mut wrong = Vec::new();
    let (mut held, mut not) = (0, 0);
    for [number, rule, source, by] in &rules {
        let sound = ["specification", "reference", "trap", "decision"].iter().any(|kind| source.starts_with(kind));
        let reason = by.strip_prefix("not applicable: ").is_some_and(|reason| reason.len() > 20);
        let tests: Vec<_> = by.split('`').skip(1).step_by(2).filter(|_| !reason).collect();
        let missing: Vec<_> = tests.iter().filter(|test| !exists(test)).collect();
        if rule.is_empty() || !sound || !missing.is_empty() || tests.is_empty() && !reason {
            wrong.push(format!("{number}: source {source:?}, missing {missing:?}"));
        }
        if reason { not += 1 } else { held += 1 }
    }
    assert!(wrong.is_empty(), "docs/conformance.md:\n{}", wrong.join("\n"));
    let numbers: BTreeSet<_> = rules.iter().map(|rule| rule[0].clone()).collect();
    assert_eq!(numbers.len(), rules.len(), "each number stands once");
    assert!(held > 70, "{held} rules");
    println!("conformance: {held} rules are held by tests, {not} are not applicable");
}

#[test]
fn a_test_that_was_renamed_is_missed() {
    for there in [
        "skel::all_missing_variables_are_named_in_one_error",
        "conformance::versions::every_verb_with_every_version_and_family_ends_as_its_row_says",
        "invocation::each_verb_requires_its_own_variables",
        "CallerKilledIT#leaveNoAddressBehind",
        "deploy/runtimes/podman",
    ] {
        assert!(exists(there), "{there}");
    }
    for renamed in
        ["skel::friendly", "skel::no_such", "no_such::test", "OrderIT#start2", "NoSuchIT#start", "deploy/none", "x"]
    {
        assert!(!exists(renamed), "{renamed}");
    }
}
