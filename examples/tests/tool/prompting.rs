//! Credentials asked for on a terminal.

use super::support::Bench;

#[test]
fn without_a_terminal_nothing_is_asked() {
    let bench = Bench::demo();
    for arguments in [&["sites"][..], &["sites", "--ask"]] {
        let run = bench.finish(bench.bare(arguments));
        assert_eq!(run.code, 2, "{run:?}");
        assert!(run.stderr.contains("GRAVITYZONE_KEY"), "{run:?}");
        assert_eq!(
            run.stderr.contains("no terminal to ask on"),
            arguments.len() == 2
        );
    }
    assert_eq!(bench.simulator.requests().len(), 0);
}

/// `script` gives the program a terminal, and `stty` tells whether it shows what is typed. Both are part of a Debian
/// base system, but of no other.
#[cfg(target_os = "linux")]
mod on_a_terminal {
    use std::fs;
    use std::io::{Read as _, Write as _};
    use std::process::{Child, Command, Stdio};
    use std::sync::mpsc::{self, Receiver};
    use std::time::Duration;

    use super::super::support::{Bench, program};

    struct Terminal {
        child: Child,
        output: Receiver<String>,
        seen: String,
    }

    impl Terminal {
        /// Runs the program after the terminal's own name.
        fn start(bench: &Bench, arguments: &str, given: &[(&str, String)]) -> Self {
            let program = program();
            let command = format!("tty; exec {} {arguments}", program.display());
            let mut child = Command::new("script")
                .args(["-qec", &command, "/dev/null"])
                .env_clear()
                .env("PATH", "/usr/bin:/bin")
                .env("SHELL", "/bin/sh")
                .env("USER", "alex")
                .envs(given.iter().cloned())
                .current_dir(bench.path(""))
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .expect("script is there");
            let mut stdout = child.stdout.take().expect("piped");
            let (tell, output) = mpsc::channel();
            std::thread::spawn(move || {
                let mut bytes = [0; 1024];
                while let Ok(read @ 1..) = stdout.read(&mut bytes) {
                    let text = String::from_utf8_lossy(&bytes[..read]).into_owned();
                    if tell.send(text).is_err() {
                        return;
                    }
                }
            });
            Self {
                child,
                output,
                seen: String::new(),
            }
        }

        fn wait_for(&mut self, part: &str) {
            while !self.seen.contains(part) {
                let more = self.output.recv_timeout(Duration::from_secs(30));
                let more = more.unwrap_or_else(|_| panic!("no {part:?} in {:?}", self.seen));
                self.seen.push_str(&more);
            }
        }

        fn shows_what_is_typed(&self) -> bool {
            let terminal = self.seen.lines().next().expect("its name").trim();
            let output = Command::new("stty").args(["-F", terminal, "-a"]).output();
            let output = output.expect("stty is there").stdout;
            let settings = String::from_utf8(output).expect("text");
            !settings
                .split_whitespace()
                .any(|setting| setting == "-echo")
        }

        fn answer(&mut self, name: &str, value: &str) {
            if name.ends_with("_URL") {
                self.wait_for(&format!("{name}: "));
            } else {
                self.wait_for(&format!("{name} (not shown): "));
                // The question comes first and the switch right after; typed before it, the value would be seen.
                while self.shows_what_is_typed() {
                    std::thread::sleep(Duration::from_millis(5));
                }
            }
            let stdin = self.child.stdin.as_mut().expect("piped");
            stdin
                .write_all(format!("{value}\n").as_bytes())
                .expect("typed");
        }

        fn end(mut self) -> (i32, String) {
            let status = self.child.wait().expect("it ends");
            self.seen.extend(self.output.iter());
            (status.code().unwrap_or(-1), self.seen)
        }
    }

    #[test]
    fn f063_what_is_missing_is_asked_for_and_secrets_are_not_shown() {
        let bench = Bench::demo();
        let mut terminal = Terminal::start(&bench, "companies --policy policy.json", &[]);
        for (name, value) in bench.credentials() {
            terminal.answer(name, &format!(" {value} "));
        }
        let (code, seen) = terminal.end();
        assert_eq!(code, 0, "{seen}");
        assert!(seen.contains("Quarry Hill Dental"), "{seen}");
        for (name, value) in bench.credentials() {
            assert_eq!(
                seen.contains(&value),
                name.ends_with("_URL"),
                "{name}: {seen}"
            );
        }
        let kept = fs::read_dir(bench.path("")).expect("a folder").count();
        assert_eq!(kept, 1, "the policy and nothing else");
    }

    #[test]
    fn with_ask_only_what_is_missing_is_asked_for() {
        let bench = Bench::demo();
        let [url, key, secret, console, last] = bench.credentials();
        let given = [url, key, secret, console];
        let mut terminal = Terminal::start(&bench, "companies --ask --policy policy.json", &given);
        terminal.answer(last.0, &last.1);
        let (code, seen) = terminal.end();
        assert_eq!(code, 0, "{seen}");
        assert!(!seen.contains("DATTO_RMM"), "{seen}");
        // Without it, something being given means that the rest was meant to be.
        let terminal = Terminal::start(&bench, "companies --policy policy.json", &given);
        let (code, seen) = terminal.end();
        assert_eq!(code, 2, "{seen}");
        assert!(seen.contains("missing: GRAVITYZONE_KEY"), "{seen}");
    }

    #[test]
    fn an_answer_that_is_none_or_no_key_is_refused() {
        let bench = Bench::demo();
        let [url, key, secret, console, last] = bench.credentials();
        let given = [url, key, secret, console];
        for (answer, part) in [
            ("", "no GRAVITYZONE_KEY was given"),
            ("EXAMPLE", "7 characters"),
        ] {
            let mut terminal = Terminal::start(&bench, "companies --ask", &given);
            terminal.answer(last.0, answer);
            let (code, seen) = terminal.end();
            assert_eq!(code, 2, "{seen}");
            assert!(seen.contains(part) && !seen.contains("EXAMPLE"), "{seen}");
        }
        assert_eq!(bench.simulator.requests().len(), 0);
    }
}
