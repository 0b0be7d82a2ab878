//! What the routes of directories and of files read alike: roots, paths, and bodies that change or move (wider behaviour §5 and §6).

use std::sync::Arc;

use serde_json::Value;

use super::body::Parsed;
use super::javascript::{is_falsy, trim};
use super::reply::Failure;
use crate::launcher::directory::Action;
use crate::launcher::path::{Path, Root};
use crate::network::tree::NewDescription;

/// The root that a text names, in any case.
///
/// # Errors
/// It names none; the error says so of `field`.
pub fn root(text: &str, field: &str) -> Result<Root, Failure> {
    match text.to_lowercase().as_str() {
        "app" => Ok(Root::App),
        "drive" => Ok(Root::Drive),
        _ => Err(not_valid(field)),
    }
}

/// The path that is not of blanks alone.
///
/// # Errors
/// It is.
pub fn not_blank(root: Root, text: &str) -> Result<Path<'_>, Failure> {
    if !text.is_empty() && trim(text).is_empty() { Err(invalid_parameters()) } else { Ok(Path { root, text }) }
}

/// A path that names something below its root.
///
/// # Errors
/// It is empty, or of blanks alone.
pub fn not_empty(root: Root, text: &str) -> Result<Path<'_>, Failure> {
    if text.is_empty() { Err(invalid_parameters()) } else { not_blank(root, text) }
}

/// A path that does not name its root at first sight.
///
/// # Errors
/// It does; the error has this text.
pub fn not_root(text: &str, otherwise: &'static str) -> Result<(), Failure> {
    if matches!(text, "" | "/") { Err(Failure::Refused(otherwise.into())) } else { Ok(()) }
}

/// The answer for a field of the wrong kind.
pub fn not_valid(field: &str) -> Failure {
    Failure::Refused(format!("Invalid request. '{field}' not a valid input").into())
}

/// The answer for a body without what it must have.
pub fn missing() -> Failure {
    Failure::Refused("Invalid request. Required parameters are missing".into())
}

fn invalid_parameters() -> Failure {
    Failure::Refused("Invalid parameters".into())
}

/// A field of a body, unless it counts as absent.
///
/// # Errors
/// The body is `null`, of which the original launcher could read no field (wider behaviour §1.1).
pub fn field<'a>(body: &'a Parsed, name: &str) -> Result<Option<&'a Value>, Failure> {
    if body.value.is_null() {
        return Err(Failure::NotFound);
    }
    Ok(body.value.get(name).filter(|value| !is_falsy(Some(value))))
}

/// A field that is text, unless it counts as absent.
///
/// # Errors
/// It is something else.
pub fn text_field(body: &Parsed, name: &str) -> Result<Option<Arc<str>>, Failure> {
    let text = |value: &Value| value.as_str().map(Arc::from).ok_or_else(|| not_valid(name));
    field(body, name)?.map(text).transpose()
}

/// What a body changes of a directory or a file. What counts as absent stays as it is.
///
/// # Errors
/// It changes nothing, or a field is no text.
pub fn new_description(body: &Parsed) -> Result<NewDescription, Failure> {
    if field(body, "name")?.is_none() && field(body, "metadata")?.is_none() {
        return Err(missing());
    }
    let metadata = text_field(body, "metadata")?;
    Ok(NewDescription { name: text_field(body, "name")?, metadata })
}

/// What is to be moved or copied, and where to.
#[derive(Debug)]
pub struct Passing<'a> {
    /// What is moved or copied.
    pub from: Path<'a>,
    /// The directory that it gets into.
    pub to: Path<'a>,
    /// What becomes of it where it was.
    pub action: Action,
}

impl<'a> Passing<'a> {
    /// Reads the body of a move, with the checks in the launcher's order (wider behaviour §5.7).
    ///
    /// # Errors
    /// A field is missing or of the wrong kind.
    pub fn read(body: &'a Parsed) -> Result<Self, Failure> {
        let (Some(from), Some(to)) = (field(body, "srcPath")?, field(body, "destPath")?) else { return Err(missing()) };
        // A form has no methods, and the original launcher asked for the next two by a method.
        let present =
            |name| if body.is_form { Err(Failure::NotFound) } else { body.value.get(name).ok_or_else(missing) };
        let (from_root, to_root) = (present("srcRootPath")?, present("destRootPath")?);
        let named = |value: &Value, field| root(value.as_str().ok_or(Failure::NotFound)?, field);
        let (from_root, to_root) = (named(from_root, "srcRootPath")?, named(to_root, "destRootPath")?);
        let action = match field(body, "action")? {
            None => Action::Move,
            Some(action) => match action.as_str().ok_or(Failure::NotFound)?.to_lowercase().as_str() {
                "move" => Action::Move,
                "copy" => Action::Copy,
                _ => return Err(not_valid("action")),
            },
        };
        let path = |root, value: &'a Value| -> Result<Path<'a>, Failure> {
            Ok(Path { root, text: value.as_str().ok_or_else(invalid_parameters)? })
        };
        Ok(Self { from: path(from_root, from)?, to: path(to_root, to)?, action })
    }

    /// The same, if neither path is blank: that is looked at last.
    ///
    /// # Errors
    /// One is blank.
    pub fn not_blank(self) -> Result<Self, Failure> {
        let Self { from, to, action } = self;
        Ok(Self { from: not_blank(from.root, from.text)?, to: not_blank(to.root, to.text)?, action })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn parsed(value: Value) -> Parsed {
        Parsed { value, is_form: false }
    }

    fn refusal<T>(result: Result<T, Failure>) -> String {
        match result {
            Ok(_) => "fine".into(),
            Err(Failure::Refused(text)) => text.into_owned(),
            Err(other) => format!("{other:?}"),
        }
    }

    #[test]
    fn roots_are_named_in_any_case_and_built_in_words_name_none() {
        assert_eq!(root("APP", "rootPath").ok(), Some(Root::App));
        assert_eq!(root("dRive", "rootPath").ok(), Some(Root::Drive));
        for text in ["constructor", "__proto__", "undefined", "", "app ", "toString"] {
            assert_eq!(refusal(root(text, "rootPath")), "Invalid request. 'rootPath' not a valid input");
        }
    }

    #[test]
    fn the_body_of_a_move_is_checked_in_the_launchers_order() {
        let full =
            json!({"srcRootPath": "app", "srcPath": "/a", "destRootPath": "Drive", "destPath": "/", "action": "COPY"});
        let with = |field: &str, value: Value| {
            let mut body = full.clone();
            body[field] = value;
            refusal(Passing::read(&parsed(body)).and_then(Passing::not_blank))
        };
        assert_eq!(with("action", json!("")), "fine");
        for (field, value, text) in [
            ("srcPath", json!(""), "Invalid request. Required parameters are missing"),
            ("destPath", json!(null), "Invalid request. Required parameters are missing"),
            ("srcRootPath", json!("test"), "Invalid request. 'srcRootPath' not a valid input"),
            ("destRootPath", json!("constructor"), "Invalid request. 'destRootPath' not a valid input"),
            ("action", json!("constructor"), "Invalid request. 'action' not a valid input"),
            ("srcRootPath", json!(null), "NotFound"),
            ("destRootPath", json!(1), "NotFound"),
            ("action", json!(["move"]), "NotFound"),
            ("srcPath", json!(5), "Invalid parameters"),
            ("destPath", json!("  "), "Invalid parameters"),
        ] {
            assert_eq!(with(field, value), text, "{field}");
        }
        assert_eq!(refusal(Passing::read(&parsed(json!({})))), "Invalid request. Required parameters are missing");
        assert_eq!(refusal(Passing::read(&parsed(json!(null)))), "NotFound");
        assert_eq!(refusal(Passing::read(&Parsed { value: full, is_form: true })), "NotFound");
    }

    #[test]
    fn a_change_needs_a_field_that_is_text() {
        for (body, text) in [
            (json!({}), "Invalid request. Required parameters are missing"),
            (json!({"name": "", "metadata": 0}), "Invalid request. Required parameters are missing"),
            (json!({"name": 1, "metadata": true}), "Invalid request. 'metadata' not a valid input"),
            (json!({"name": [], "metadata": ""}), "Invalid request. 'name' not a valid input"),
            (json!({"name": "a"}), "fine"),
            (json!({"metadata": "a"}), "fine"),
            (json!("name"), "Invalid request. Required parameters are missing"),
            (json!(null), "NotFound"),
        ] {
            assert_eq!(refusal(new_description(&parsed(body))), text);
        }
    }
}
