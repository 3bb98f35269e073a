//! No command opens a connection or needs a network, and no shell stands between lmq and the editor.

use crate::every_command::COMMANDS;
use crate::every_command::EDITS;
use crate::every_command::REFUSED;
use crate::every_command::ready;
use crate::every_command::run;
use crate::home::Lmq;
use crate::home::TEAM;
use crate::home::left_out;
use std::fs;

/// Ways to run a program that show or refuse what it asks of the network, with those of them that this machine allows.
fn wrappers(lmq: &Lmq) -> Vec<&'static str> {
    let all = ["unshare -n", "unshare -rn", "strace -f -qq -e signal=none -e trace=%network -o trace"];
    let mut allowed: Vec<&str> = Vec::new();
    for wrapper in all {
        if wrapper.starts_with("unshare") && allowed.iter().any(|other| other.starts_with("unshare")) {
            continue;
        }
        if lmq.shell(&format!("{wrapper} true")).code == 0 {
            allowed.push(wrapper);
        } else {
            left_out(&format!("commands are not run under `{wrapper}`: it is not allowed or not installed here"));
        }
    }
    allowed
}

/// What a program asked for that can reach another machine, or another program of this one. A pair of sockets is how a
/// program tells itself of a signal.
fn asked_for(trace: &str) -> Vec<&str> {
    let reaches = ["socket(", "connect(", "bind(", "listen(", "AF_INET"];
    trace.lines().filter(|line| reaches.iter().any(|call| line.contains(call))).collect()
}

#[cfg(target_os = "linux")]
#[test]
fn every_command_works_without_a_network_and_asks_for_no_connection() {
    let lmq = ready();
    let wrappers = wrappers(&lmq);
    if wrappers.is_empty() {
        left_out("that no command uses a network is not tried: neither unshare nor strace can be used here");
        return;
    }
    let connects = "bash -c 'exec 3<>/dev/tcp/127.0.0.1/9'";
    for wrapper in &wrappers {
        // What would be seen of a connection.
        let tried = lmq.shell(&format!("{wrapper} {connects}"));
        if wrapper.starts_with("strace") {
            assert!(!asked_for(&lmq.read("trace")).is_empty(), "{wrapper} sees no connection: {tried:?}");
        } else {
            assert!(tried.stderr.contains("unreachable"), "{wrapper} leaves a network: {tried:?}");
        }
    }
    let wrapper = format!("exec {}", wrappers.join(" "));
    for line in COMMANDS {
        fs::remove_file(lmq.path("trace")).ok();
        let run = run(&lmq, &wrapper, line);
        assert_eq!(run.code != 0, *line == REFUSED, "{wrapper} lmq {line}: {run:?}");
        let trace = fs::read_to_string(lmq.path("trace")).unwrap_or_default();
        assert_eq!(asked_for(&trace), [""; 0], "lmq {line}");
    }
}

/// What a shell would read as commands, in the name of the editor and in that of the file.
#[test]
fn no_shell_reads_the_name_of_the_editor_or_of_the_file() {
    let lmq = Lmq::new();
    lmq.write("team.toml", TEAM);
    lmq.write("ed it", "#!/bin/sh\nprintf '%s\\n' \"$#\" \"$@\" >> args\n");
    lmq.shell("chmod +x 'ed it'").done();
    for evil in
        ["; touch PWNED", "$(touch PWNED)", "`touch PWNED`", "| touch PWNED", "&& touch PWNED", "> PWNED", "$HOME *"]
    {
        for setting in ["VISUAL", "EDITOR"] {
            let mut command = lmq.command();
            command.args(["import", "team.toml"]);
            drop(lmq.finish(command, b"").ok());
            fs::remove_file(lmq.path("args")).ok();
            for args in [&["edit", "team/owner"][..], &["add", "team"], &["config", "edit"]] {
                let mut command = lmq.command();
                command.args(args).env(setting, format!("'./ed it' {evil}"));
                drop(lmq.finish(command, b""));
            }
            let args = lmq.read("args");
            let words: Vec<&str> = evil.split(' ').collect();
            for word in &words {
                assert_eq!(args.lines().filter(|arg| arg == word).count(), 3, "{evil}: {args}");
            }
            assert_eq!(args.matches(&format!("{}\n{}", words.len() + 1, words[0])).count(), 3, "{evil}: {args}");
        }
    }
    // The text to edit lies beside the database, and the settings where their file is.
    let folder = "a $(touch PWNED) ; touch PWNED #";
    fs::create_dir(lmq.path(folder)).unwrap();
    for args in [&["edit", "differences/frame-two-groups"][..], &["config", "edit"]] {
        let mut command = lmq.command();
        command.args(args).env("EDITOR", "'./ed it'");
        command.env("LMQ_DB", lmq.path(folder).join("lmq.db")).env("LMQ_CONFIG", lmq.path(folder).join("c.toml"));
        drop(lmq.finish(command, b"").ok());
    }
    assert!(lmq.read("args").contains(&format!("{folder}/")), "{}", lmq.read("args"));
    assert!(!lmq.path("PWNED").exists() && !lmq.path(folder).join("PWNED").exists());
}

#[cfg(target_os = "linux")]
#[test]
fn lmq_starts_no_program_but_the_editor() {
    let lmq = ready();
    let strace = "strace -f -qq -e signal=none -e trace=execve,execveat -o trace";
    if lmq.shell(&format!("{strace} true")).code != 0 {
        left_out("that no command starts a program is not tried: strace can't be used here");
        return;
    }
    for line in COMMANDS {
        drop(run(&lmq, &format!("exec {strace}"), line));
        let trace = lmq.read("trace");
        let started: Vec<&str> = trace.lines().filter(|line| line.trim_end().ends_with("= 0")).skip(1).collect();
        assert_eq!(started.len(), usize::from(*line == EDITS), "lmq {line} starts {started:?}");
        assert!(started.iter().all(|line| line.contains("/sed\"")), "{started:?}");
    }
}
