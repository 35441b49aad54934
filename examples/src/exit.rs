//! How tools end: exit codes that scripts can rely on, and errors with their causes.

use std::error::Error;
use std::process::ExitCode;

use datto_rmm::ErrorKind;

use crate::store::StoreError;

/// How a tool ends. The numbers are promised in `--help`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "each is promised")]
pub enum Exit {
    /// Done, and nothing waits for a person.
    Clean = 0,
    /// Anything that has no code of its own.
    Failed = 1,
    /// Arguments, credentials file or policy cannot be used as given, or name something that is not there.
    Usage = 2,
    /// Events wait for an answer.
    EventsOpen = 3,
    /// Steps were held back or refused.
    Held = 4,
    /// A vendor refused the credentials.
    Credentials = 5,
    /// Another process writes the store.
    InUse = 6,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

type Cause = Box<dyn Error + Send + Sync>;

/// Why a command could not do what it was asked.
#[derive(Debug)]
pub struct Failure {
    /// How a tool ends because of it.
    pub exit: Exit,
    cause: Cause,
    advice: Option<String>,
}

impl Failure {
    /// A failure with the code of its own.
    pub fn new(exit: Exit, cause: impl Into<Cause>) -> Self {
        Self {
            exit,
            cause: cause.into(),
            advice: None,
        }
    }

    /// What was given cannot be used.
    pub fn usage(cause: impl Into<Cause>) -> Self {
        Self::new(Exit::Usage, cause)
    }

    /// Says what the person can do about it.
    #[must_use]
    pub fn with_advice(mut self, advice: impl Into<String>) -> Self {
        self.advice = Some(advice.into());
        self
    }

    /// It and what it comes from, outermost first.
    pub fn causes(&self) -> impl Iterator<Item = &(dyn Error + 'static)> {
        let first: &(dyn Error + 'static) = &*self.cause;
        std::iter::successors(Some(first), |error| Error::source(*error))
    }

    /// It and what it comes from, as one line.
    pub fn in_one_line(&self) -> String {
        let causes: Vec<_> = self.causes().map(ToString::to_string).collect();
        crate::console::clean(&causes.join(": "))
    }

    /// Prints it with its causes on standard error.
    pub fn print(&self) {
        let clean = |text: String| crate::console::clean(&text);
        eprintln!("error: {}", clean(self.cause.to_string()));
        let mut source = self.cause.source();
        while let Some(cause) = source {
            eprintln!("  because {}", clean(cause.to_string()));
            source = cause.source();
        }
        if let Some(advice) = &self.advice {
            eprintln!("{}", clean(advice.clone()));
        }
    }
}

impl<E: Error + Send + Sync + 'static> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::new(exit_of(&error), error)
    }
}

/// The code that the innermost cause with a code of its own asks for.
fn exit_of(error: &(dyn Error + 'static)) -> Exit {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(client) = error.downcast_ref::<datto_rmm::Error>()
            && client.kind() == ErrorKind::Credentials
        {
            return Exit::Credentials;
        }
        if matches!(
            error.downcast_ref(),
            Some(StoreError::InUse { .. } | StoreError::Busy { .. })
        ) {
            return Exit::InUse;
        }
        next = error.source();
    }
    Exit::Failed
}
