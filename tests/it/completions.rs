//! `lmq completions`.

use crate::home::Lmq;

#[test]
fn every_shell_gets_a_script_that_knows_the_commands() {
    let lmq = Lmq::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = lmq.run(["completions", shell]).out();
        assert!(script.contains("review") && script.contains("dry-run"), "{shell}");
    }
    let error = lmq.run(["completions", "tcsh"]).err(2);
    assert!(error.contains("possible values: bash"), "{error}");
    assert!(lmq.files().is_empty(), "completions need no database: {:?}", lmq.files());
    lmq.shell("bash -n <(lmq completions bash)").ok().out();
}
