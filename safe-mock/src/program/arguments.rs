//! Arguments, and environment variables as people write them.

use std::env;
use std::ffi::OsStr;

use clap::builder::{BoolishValueParser, TypedValueParser};
use clap::{Arg, ArgAction, Command, Parser};

/// Reads the arguments of this process, as [`Parser::parse`] does, with two differences for environment variables. An empty one
/// counts as unset. One of a flag without a value is a boolean as people write it (1, true, yes, on, 0, false, no, off), and a
/// false one counts as unset, so that it contradicts no other flag.
pub fn parse<A: Parser>() -> A {
    let matches = with_usual_variables(A::command()).get_matches();
    A::from_arg_matches(&matches).unwrap_or_else(|error| error.exit())
}

fn with_usual_variables(command: Command) -> Command {
    command.mut_args(with_usual_variable).mut_subcommands(with_usual_variables)
}

fn with_usual_variable(argument: Arg) -> Arg {
    let is_flag = matches!(argument.get_action(), ArgAction::SetTrue);
    let value = argument.get_env().and_then(env::var_os).unwrap_or_default();
    let argument = if is_flag { argument.value_parser(BoolishValueParser::new()) } else { argument };
    let is_unset = value.is_empty() || (is_flag && is_false(&value));
    if is_unset { argument.env(None::<&'static str>) } else { argument }
}

fn is_false(value: &OsStr) -> bool {
    BoolishValueParser::new().parse_ref(&Command::new(""), None, value).is_ok_and(|value| !value)
}
