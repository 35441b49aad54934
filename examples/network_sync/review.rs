//! `review`: what waits, one question after the other, answered on standard input.

use std::io::{self, BufRead as _, Write as _};

use examples::console::clean;
use examples::exit::{Exit, Failure};

use super::cli::{Action, Review};
use super::desk::Desk;
use super::report::{self, Network, NetworkState, State};
use super::wish::Wish;

/// Runs `review`.
pub(crate) async fn run(arguments: &Review) -> Result<Exit, Failure> {
    let mut desk = Desk::deciding(&arguments.reach, &arguments.who).await?;
    let mut asked = Vec::new();
    // Organisations first: what becomes of devices depends on them (F091). What is asked once is not asked again.
    while let Some(question) = next(&desk, &asked)? {
        asked.push(question.subject.clone());
        eprintln!("\n{}", clean(&question.about));
        for told in &question.told {
            eprintln!("  {}", clean(told));
        }
        loop {
            eprint!("{} > ", question.offer);
            io::stderr().flush()?;
            let mut answer = String::new();
            if io::stdin().lock().read_line(&mut answer)? == 0 {
                eprintln!();
                return Ok(Exit::Clean);
            }
            let wish = match understood(answer.trim(), &question.subject) {
                Ok(Some(Answer::Wish(wish))) => wish,
                Ok(Some(Answer::Quit)) => return Ok(Exit::Clean),
                Ok(None) => break,
                Err(why) => {
                    eprintln!("{why}");
                    continue;
                }
            };
            match wish.grant(&desk) {
                Ok(granted) => {
                    eprintln!("{}", clean(&granted.what));
                    desk.record(granted.decided).await?;
                    break;
                }
                Err(why) => why.print(),
            }
        }
    }
    eprintln!("nothing else waits");
    Ok(Exit::Clean)
}

struct Question {
    subject: String,
    about: String,
    told: Vec<String>,
    offer: &'static str,
}

enum Answer {
    Wish(Wish),
    Quit,
}

fn next(desk: &Desk, asked: &[String]) -> Result<Option<Question>, Failure> {
    let report = report::build(desk)?;
    let open = |network: &&Network| {
        let waits = matches!(
            network.state,
            NetworkState::Suggested | NetworkState::Tied | NetworkState::Unmatched
        );
        waits && !asked.contains(&format!("network:{}", network.id))
    };
    if let Some(network) = report.networks.iter().find(open) {
        let candidates = network
            .candidates
            .iter()
            .map(|candidate| format!("{} {:?}: {}", candidate.id, candidate.name, candidate.why));
        return Ok(Some(Question {
            subject: format!("network:{}", network.id),
            about: format!(
                "Network {:?} ({}): {}",
                network.name, network.id, network.state
            ),
            told: candidates.collect(),
            offer: "accept, map ORG, new [NAME], ignore, separate ORG, skip, quit",
        }));
    }
    for organization in &report.organizations {
        let device = organization.devices.iter().find(|device| {
            let waits = matches!(
                device.state,
                State::Suggested | State::Ambiguous | State::Held
            );
            waits && !asked.contains(&format!("device:{}", device.id))
        });
        if let Some(device) = device {
            let candidates = device.candidates.iter().map(|candidate| {
                format!("{} {:?}: {}", candidate.id, candidate.name, candidate.why)
            });
            return Ok(Some(Question {
                subject: format!("device:{}", device.id),
                about: format!(
                    "{}: {} {:?} ({}): {}, {}",
                    organization.name,
                    device.kind,
                    device.name,
                    device.id,
                    device.state,
                    device.why
                ),
                told: candidates.collect(),
                offer: "accept, match CONFIGURATION, create, ignore, separate CONFIGURATION, skip, quit",
            }));
        }
    }
    Ok(None)
}

/// What an answer means; `None` for no answer.
fn understood(answer: &str, subject: &str) -> Result<Option<Answer>, String> {
    use clap::ValueEnum as _;

    let (word, rest) = answer.split_once(' ').unwrap_or((answer, ""));
    let rest = rest.trim();
    match word {
        "" | "skip" => Ok(None),
        "quit" => Ok(Some(Answer::Quit)),
        _ => match Action::from_str(word, true) {
            Ok(action) => Ok(Some(Answer::Wish(Wish {
                action,
                subject: subject.to_owned(),
                object: (!rest.is_empty()).then(|| rest.to_owned()),
            }))),
            Err(_) => Err(format!("{word:?} is no answer")),
        },
    }
}
