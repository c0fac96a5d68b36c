//! `bin/croft` of a distribution, beside a runtime that prints the words it was started with.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

fn distribution() -> TempDir {
    let home = tempfile::tempdir().unwrap();
    for folder in ["bin", "lib/runtime/bin", "lib/jars"] {
        fs::create_dir_all(home.path().join(folder)).unwrap();
    }
    fs::copy(env!("CARGO_BIN_EXE_launch"), home.path().join("bin/croft")).unwrap();
    let java = home.path().join("lib/runtime/bin/java");
    fs::write(&java, "#!/bin/sh\nprintf '%s\\n' \"$@\"\n").unwrap();
    fs::set_permissions(&java, fs::Permissions::from_mode(0o755)).unwrap();
    home
}

fn run(program: &Path, words: &[&str]) -> Output {
    Command::new(program).args(words).output().unwrap()
}

fn words_of(output: &Output) -> Vec<&str> {
    assert!(output.status.success(), "{output:?}");
    std::str::from_utf8(&output.stdout).unwrap().lines().collect()
}

#[test]
fn gives_the_agent_another_heap_than_a_command() {
    let home = distribution();
    let croft = home.path().join("bin/croft");
    let cases: [(&[&str], &str); 6] = [
        (&["agent", "--node", "a"], "-Xmx64m"),
        (&["--run-dir", "status", "agent"], "-Xmx64m"),
        (&["--run-dir=/r", "-o", "json", "--output", "x", "agent"], "-Xmx64m"),
        (&["status"], "-Xmx192m"),
        (&["--run-dir", "agent", "status", "agent"], "-Xmx192m"),
        (&[], "-Xmx192m"),
    ];
    for (words, heap) in cases {
        let output = run(&croft, words);
        let given = words_of(&output);
        assert!(given.contains(&heap), "{words:?}: {given:?}");
        assert!(given.ends_with(words), "{words:?}: {given:?}");
    }
}

#[test]
fn finds_what_lies_beside_it_through_a_link() {
    let home = distribution();
    let link = home.path().join("link");
    symlink("bin/croft", &link).unwrap();
    fs::write(home.path().join("lib/croft.aot"), "").unwrap();
    let real = fs::canonicalize(home.path()).unwrap();
    let output = run(&link, &["status"]);
    let given = words_of(&output);
    for word in
        ["-Djava.library.path=HOME/lib/native", "-XX:AOTCache=HOME/lib/croft.aot", "HOME/lib/jars/croft-daemon.jar"]
    {
        let word = word.replace("HOME", real.to_str().unwrap());
        assert!(given.contains(&word.as_str()), "{word}: {given:?}");
    }
}

#[test]
fn starts_without_a_cache_and_only_the_agent_says_so() {
    let home = distribution();
    let croft = home.path().join("bin/croft");
    let command = run(&croft, &["status"]);
    assert!(!words_of(&command).iter().any(|word| word.contains("AOTCache")));
    assert!(command.stderr.is_empty(), "{command:?}");
    let agent = run(&croft, &["agent"]);
    assert!(!words_of(&agent).iter().any(|word| word.contains("AOTCache")));
    let said = String::from_utf8(agent.stderr).unwrap();
    assert!(said.contains("lib/croft.aot is missing; the agent starts slower"), "{said}");
}

#[test]
fn names_the_runtime_that_is_missing() {
    let home = distribution();
    fs::remove_file(home.path().join("lib/runtime/bin/java")).unwrap();
    let output = run(&home.path().join("bin/croft"), &["status"]);
    assert_eq!(output.status.code(), Some(127));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.starts_with("croft: cannot start ") && said.contains("lib/runtime/bin/java: No such file"), "{said}");
}

#[test]
fn keeps_options_for_every_java_program_from_its_own() {
    let home = distribution();
    fs::write(home.path().join("lib/runtime/bin/java"), "#!/bin/sh\nenv\n").unwrap();
    let mut command = Command::new(home.path().join("bin/croft"));
    for variable in ["JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS", "JDK_JAVA_OPTIONS"] {
        command.env(variable, "-javaagent:/tracing.jar");
    }
    let output = command.output().unwrap();
    let left = words_of(&output);
    let given: Vec<_> = left.iter().filter(|line| line.contains("tracing")).collect();
    assert_eq!(given, [&"JDK_JAVA_OPTIONS=-javaagent:/tracing.jar"]);
}
