//! The `safe-mock` program: flags, start and stop, exit codes.

use std::io::{self, Write};
use std::net::{IpAddr, Ipv4Addr};
use std::num::NonZeroUsize;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

use crate::builder::{self, Builder};
use crate::config::{self, Config, Consent};
use crate::demo;
use crate::escape::escaped;
use crate::host::HostName;
use crate::launcher::{Network, network};
use crate::origin::{Origin, Origins};
use crate::program::{LogOutput, StopSignals, ignoring_a_reader_that_left, in_background, wants_colours};
use crate::server::{MockLauncher, StartError};

/// The program stopped because it was asked to.
pub const EXIT_OK: u8 = 0;
/// It could not start, for a reason other than a port in use.
pub const EXIT_FAILED: u8 = 1;
/// The arguments are invalid.
pub const EXIT_USAGE: u8 = 2;
/// A port is in use.
pub const EXIT_PORT_IN_USE: u8 = 3;

/// The port that apps expect a launcher on.
const PORT: u16 = 8100;

const ABOUT: &str = "SAFE launchers and the network behind them, in memory";

const AFTER_HELP: &str = "\
Once a line such as `launcher 1 of 1 ready at http://127.0.0.1:8100` is on stdout, apps can connect.
All data is lost when the program stops (ctrl-c or SIGTERM). A second signal ends it at once.

Examples:
  safe-mock                            one launcher, where apps expect it
  safe-mock --launchers 2              two users on one network, ports 8100 and 8101
  safe-mock --demo                     open the page that it prints in two tabs
  safe-mock --consent ask              each app waits until it is let in:
    curl localhost:8100/__mock/consent
    curl -X PUT localhost:8100/__mock/consent/1 -d '{\"decision\":\"allow\"}'
  curl localhost:8100/__mock           all routes of the control plane

Exit codes: 0 stopped when asked to, 1 failed, 2 bad arguments, 3 port in use,
130 or 143 ended by a second signal (ctrl-c or SIGTERM).";

/// Flags, each with an environment variable of the same name.
#[derive(Debug, Clone, Parser)]
#[command(name = "safe-mock", version, about = ABOUT, after_help = AFTER_HELP)]
pub struct Cli {
    /// Address to listen on; `localhost`, as each of the loopback addresses, means both of them
    #[arg(long, env = "SAFE_MOCK_HOST", value_parser = host, default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    pub host: IpAddr,

    /// Port of the first launcher; the others follow. 0 takes free ones
    #[arg(long, env = "SAFE_MOCK_PORT", default_value_t = PORT)]
    pub port: u16,

    /// How many launchers, each with its own account, all on one network
    #[arg(long, env = "SAFE_MOCK_LAUNCHERS", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub launchers: u16,

    /// Seed of all ids, keys and tokens; by default a random one, which the log shows
    #[arg(long, env = "SAFE_MOCK_SEED")]
    pub seed: Option<u64>,

    /// Whether apps are let in: at once, never, or as decided through /__mock/consent
    #[arg(long, env = "SAFE_MOCK_CONSENT", value_parser = consents(), default_value = "allow")]
    pub consent: Consent,

    /// Web pages that may call: `localhost`, `*`, `null`, an origin such as `https://example.net`, or its subdomains
    /// `https://*.example.net`; can be repeated
    #[arg(long = "origin", env = "SAFE_MOCK_ORIGIN", value_delimiter = ',', default_value = "localhost")]
    pub origins: Vec<Origin>,

    /// Name or address by which the launcher may be called, besides localhost, loopback addresses and the address
    /// listened on; can be repeated
    #[arg(long = "allow-host", env = "SAFE_MOCK_ALLOW_HOST", value_delimiter = ',', value_name = "NAME")]
    pub allow_hosts: Vec<HostName>,

    /// Leave the control plane (/__mock) out
    #[arg(long, env = "SAFE_MOCK_NO_CONTROL")]
    pub no_control: bool,

    /// Serve a page at /__mock/demo/ on which two browsers meet and chat; it shows each request
    #[arg(long, env = "SAFE_MOCK_DEMO", conflicts_with = "no_control")]
    pub demo: bool,

    /// Live handles of each kind, in each launcher; the least recently used is lost
    #[arg(long, env = "SAFE_MOCK_HANDLES_MAX", default_value_t = config::HANDLES_MAX)]
    pub handles_max: usize,

    /// Live sessions in each launcher; the least recently used is lost
    #[arg(long, env = "SAFE_MOCK_SESSIONS_MAX", default_value_t = config::SESSIONS_MAX)]
    pub sessions_max: usize,

    /// Bytes that the network holds; more answers NetworkFull
    #[arg(long, env = "SAFE_MOCK_NETWORK_BYTES_MAX", default_value_t = network::NETWORK_BYTES_MAX)]
    pub network_bytes_max: usize,

    /// Bytes of the largest body that is not JSON
    #[arg(long, env = "SAFE_MOCK_BODY_BYTES_MAX", default_value_t = config::BODY_BYTES_MAX)]
    pub body_bytes_max: usize,

    /// Bytes of content that apps send to each launcher at a time: in open writers of immutable data, and in files
    #[arg(long, env = "SAFE_MOCK_CONTENT_BYTES_MAX", default_value_t = config::CONTENT_BYTES_MAX)]
    pub content_bytes_max: usize,

    /// Requests that each journal keeps
    #[arg(long, env = "SAFE_MOCK_JOURNAL_ENTRIES_MAX", default_value_t = config::JOURNAL_ENTRIES_MAX)]
    pub journal_entries_max: usize,

    /// Let each journal also keep requests to the control plane (/__mock) and preflights of web pages
    #[arg(long, env = "SAFE_MOCK_JOURNAL_ALL")]
    pub journal_all: bool,

    /// Bytes that each launcher holds beside its network: sessions, handles, journal; at least 8 MiB
    #[arg(long, env = "SAFE_MOCK_MEMORY_BYTES_MAX", default_value_t = config::MEMORY_BYTES_MAX)]
    pub memory_bytes_max: usize,

    /// Connections that each address serves at a time; further ones wait
    #[arg(long, env = "SAFE_MOCK_CONNECTIONS_MAX", default_value_t = config::CONNECTIONS_MAX)]
    pub connections_max: usize,

    /// Seconds that a connection may stay idle
    #[arg(long, env = "SAFE_MOCK_IDLE_TIMEOUT_S", default_value_t = config::IDLE_TIMEOUT.as_secs())]
    pub idle_timeout_s: u64,

    /// What is logged to stderr: error, warn, info, debug, trace, or a filter such as `safe_mock=debug`
    #[arg(long, env = "SAFE_MOCK_LOG", default_value = "info")]
    pub log: String,
}

/// An address. `localhost` is one of the loopback addresses, and each of them means both.
fn host(text: &str) -> Result<IpAddr, std::net::AddrParseError> {
    if text.eq_ignore_ascii_case("localhost") { Ok(Ipv4Addr::LOCALHOST.into()) } else { text.parse() }
}

/// The policies with a line of help each.
fn consents() -> impl TypedValueParser<Value = Consent> {
    let policies = [
        ("allow", "Every app is let in"),
        ("deny", "No app is let in"),
        ("ask", "Each app waits until /__mock/consent decides"),
    ];
    PossibleValuesParser::new(policies.map(|(name, help)| PossibleValue::new(name).help(help)))
        .try_map(|policy| policy.parse::<Consent>())
}

/// Why the program failed.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// A port is in use.
    #[error("{0} Choose another with --port")]
    PortInUse(StartError),
    /// A launcher could not be started for another reason.
    #[error(transparent)]
    Start(StartError),
    /// A bound must be at least one.
    #[error("--{0} must be at least 1")]
    Zero(&'static str),
    /// The bound of the memory is too low.
    #[error("--memory-bytes-max must be at least {}", config::MEMORY_BYTES_MIN)]
    TooLittleMemory,
    /// There are not enough ports above the first.
    #[error("ports {first} and up have no room for {launchers} launchers")]
    NoRoom {
        /// The first port.
        first: u16,
        /// How many were asked for.
        launchers: u16,
    },
    /// The log filter cannot be read.
    #[error("--log cannot be read: {}", escaped(.0))]
    Log(#[from] tracing_subscriber::filter::ParseError),
    /// stdout cannot be written.
    #[error("the lines that say where the launchers listen cannot be written to stdout: {0}")]
    Output(io::Error),
    /// The system does not report signals.
    #[error("the system does not report signals: {0}")]
    Signals(io::Error),
}

impl From<StartError> for RunError {
    fn from(error: StartError) -> Self {
        match error {
            StartError::PortInUse(_) => Self::PortInUse(error),
            _ => Self::Start(error),
        }
    }
}

impl RunError {
    /// The exit code of the program.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::PortInUse(_) => EXIT_PORT_IN_USE,
            Self::Zero(_) | Self::TooLittleMemory | Self::NoRoom { .. } | Self::Log(_) => EXIT_USAGE,
            Self::Start(_) | Self::Output(_) | Self::Signals(_) => EXIT_FAILED,
        }
    }
}

impl Cli {
    fn config(&self) -> Result<Config, RunError> {
        if self.memory_bytes_max < config::MEMORY_BYTES_MIN {
            return Err(RunError::TooLittleMemory);
        }
        let at_least_one = |number, flag| NonZeroUsize::new(number).ok_or(RunError::Zero(flag));
        Ok(Config {
            host: self.host,
            port: self.port,
            consent: self.consent,
            origins: Origins::new(self.origins.clone()),
            allow_hosts: self.allow_hosts.clone(),
            control: !self.no_control,
            demo: self.demo,
            handles_max: at_least_one(self.handles_max, "handles-max")?,
            sessions_max: at_least_one(self.sessions_max, "sessions-max")?,
            body_bytes_max: self.body_bytes_max,
            content_bytes_max: self.content_bytes_max,
            journal_entries_max: self.journal_entries_max,
            journal_all: self.journal_all,
            memory_bytes_max: self.memory_bytes_max,
            connections_max: at_least_one(self.connections_max, "connections-max")?.get(),
            idle_timeout: Duration::from_secs(at_least_one_second(self.idle_timeout_s)?),
        })
    }

    /// The port of launcher `index`, counted from 0.
    fn port_of(&self, index: u16) -> Result<u16, RunError> {
        match self.port {
            0 => Ok(0),
            first => first.checked_add(index).ok_or(RunError::NoRoom { first, launchers: self.launchers }),
        }
    }

    async fn start(&self) -> Result<Vec<MockLauncher>, RunError> {
        let config = self.config()?;
        let ports = (0..self.launchers).map(|index| self.port_of(index)).collect::<Result<Vec<_>, _>>()?;
        let seed = self.seed.unwrap_or_else(builder::random_seed);
        let network = Network::with_bytes_max(self.network_bytes_max);
        let mut launchers = Vec::with_capacity(ports.len());
        for port in ports {
            let builder = Builder::default().config(config.clone()).network(&network).seed(seed).port(port);
            launchers.push(builder.start().await?);
        }
        tracing::info!("to repeat this run, give --seed {seed}");
        Ok(launchers)
    }
}

fn at_least_one_second(seconds: u64) -> Result<u64, RunError> {
    if seconds == 0 { Err(RunError::Zero("idle-timeout-s")) } else { Ok(seconds) }
}

/// Runs the program to its end.
pub async fn run(cli: &Cli) -> ExitCode {
    let output = LogOutput::stderr();
    let code = serve(cli, &output).await.unwrap_or_else(|error| {
        output.line(&format!("safe-mock: {error}"));
        error.exit_code()
    });
    output.finish();
    ExitCode::from(code)
}

/// Serves until a signal asks it to stop. Returns the exit code.
async fn serve(cli: &Cli, output: &LogOutput) -> Result<u8, RunError> {
    let filter = tracing_subscriber::EnvFilter::try_new(&cli.log)?;
    let log = output.clone();
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(move || log.clone())
        .with_ansi(wants_colours(&io::stderr()))
        .with_target(false)
        .log_internal_errors(false)
        .init();
    // Before the ready lines: a program that has read them may send a signal.
    let mut signals = StopSignals::listen().map_err(RunError::Signals)?;
    let launchers = cli.start().await?;
    let lines = ready_lines(&launchers, cli.demo);
    let announced = in_background(move || ignoring_a_reader_that_left(announce(&lines)));
    tokio::select! {
        failed = async { announced.await.err() } => if let Some(error) = failed {
            return Err(RunError::Output(error));
        },
        _ = signals.next() => return Ok(stop(launchers, signals).await),
    }
    signals.next().await;
    Ok(stop(launchers, signals).await)
}

/// Stops the launchers. A second signal ends the wait for running requests, and the exit code is then of that signal.
async fn stop(launchers: Vec<MockLauncher>, mut signals: StopSignals) -> u8 {
    tracing::info!("stopping");
    tokio::select! {
        () = MockLauncher::shutdown_all(launchers) => EXIT_OK,
        code = signals.next() => code,
    }
}

fn ready_lines(launchers: &[MockLauncher], demo: bool) -> String {
    let ready = launchers
        .iter()
        .zip(1..)
        .map(|(launcher, number)| format!("launcher {number} of {} ready at {}\n", launchers.len(), launcher.url()));
    let demos = launchers.iter().filter(|_| demo);
    ready.chain(demos.map(|launcher| format!("demo page at {}{}\n", launcher.url(), demo::PATH))).collect()
}

fn announce(lines: &str) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(lines.as_bytes())?;
    stdout.flush()
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_flags_are_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_flag_has_an_environment_variable_of_its_name() {
        for argument in Cli::command().get_arguments() {
            let Some(flag) = argument.get_long().filter(|flag| !["help", "version"].contains(flag)) else { continue };
            let variable = format!("SAFE_MOCK_{}", flag.replace('-', "_").to_uppercase());
            assert_eq!(argument.get_env().and_then(|name| name.to_str()), Some(variable.as_str()));
        }
    }

    #[test]
    fn the_help_names_every_exit_code() {
        for code in [EXIT_OK, EXIT_FAILED, EXIT_USAGE, EXIT_PORT_IN_USE] {
            let codes = AFTER_HELP.rsplit("Exit codes:").next().unwrap();
            assert!(codes.contains(&format!(" {code} ")), "{code}");
        }
    }

    #[test]
    fn the_help_names_the_smallest_bound_of_the_memory() {
        let help = Cli::command().render_long_help().to_string().split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(help.contains(&format!("at least {} MiB", config::MEMORY_BYTES_MIN >> 20)), "{help}");
    }

    #[test]
    fn the_help_stays_as_it_was_reviewed() {
        // Without the values in the environment of this test.
        let mut command = Cli::command().term_width(100).mut_args(|argument| argument.hide_env_values(true));
        insta::assert_snapshot!(command.render_long_help());
    }

    #[test]
    fn ports_beyond_the_last_are_refused() {
        let cli = Cli::parse_from(["safe-mock", "--port", "65535", "--launchers", "2"]);
        assert!(matches!(cli.port_of(0), Ok(65_535)));
        assert_eq!(cli.port_of(1).err().map(|error| error.exit_code()), Some(EXIT_USAGE));
    }
}
