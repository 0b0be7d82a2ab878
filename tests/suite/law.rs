//! The law of the tree: data flows one way, files stay small, names say something.

use suite::sources::{Source, rust_files};

/// No file is longer before its tests.
const FILE_LINES_MAX: usize = 400;

/// Half of the files are no longer than this.
const MEDIAN_LINES_MAX: usize = 150;

/// Names that say nothing about what is inside.
const BANNED_NAMES: [&str; 7] = ["util", "common", "helpers", "data", "inner", "manager", "misc"];

const SOURCES: [&str; 3] = ["safe-mock/src", "signaling/src", "harness/src"];

fn all() -> Vec<Source> {
    SOURCES.iter().flat_map(|folder| rust_files(folder).unwrap()).collect()
}

/// The lines of code below `folder` that mention one of `words`.
fn mentions(folder: &str, words: &[&str]) -> Vec<String> {
    let files = rust_files(folder).unwrap();
    assert!(!files.is_empty(), "{folder} has no sources");
    let found = |file: &Source| {
        let code = file.code();
        let lines = code.lines().filter(|line| words.iter().any(|word| line.contains(word)));
        lines.map(|line| format!("{}: {}", file.path, line.trim())).collect::<Vec<_>>()
    };
    files.iter().flat_map(found).collect()
}

#[test]
fn the_network_knows_no_launcher_and_no_http() {
    let upward = ["launcher", "crate::http", "axum", "tokio", "parking_lot", "session", "Instant"];
    assert_eq!(mentions("safe-mock/src/network", &upward), [""; 0]);
}

#[test]
fn the_launcher_knows_no_request_and_no_status() {
    // `router()` is where a launcher is turned into a service; it only names the door.
    let upward = ["crate::http", "axum::", "http::Stat", "StatusCode", "hyper", "crate::control", "crate::server"];
    let found = mentions("safe-mock/src/launcher", &upward);
    let door = |line: &String| line.contains("axum::Router") || line.contains("crate::http::router(self)");
    assert_eq!(found.into_iter().filter(|line| !door(line)).collect::<Vec<_>>(), [""; 0]);
}

#[test]
fn http_reaches_the_store_through_the_launcher_alone() {
    assert_eq!(mentions("safe-mock/src/http", &["Store", "network.lock", "network().lock"]), [""; 0]);
}

#[test]
fn errors_become_answers_in_one_file() {
    let files = rust_files("safe-mock/src").unwrap();
    let codes = files.iter().filter(|file| file.code().contains("CoreError::") || file.code().contains("FfiError::"));
    assert_eq!(codes.map(|file| file.path.as_str()).collect::<Vec<_>>(), ["safe-mock/src/http/reply.rs"]);
}

#[test]
fn signaling_knows_no_safe_mock() {
    assert_eq!(mentions("signaling/src", &["safe_mock"]), [""; 0]);
    let manifest = std::fs::read_to_string(suite::sources::root().join("signaling/Cargo.toml")).unwrap();
    let dependencies = manifest.split("[dependencies]").nth(1).unwrap().split("\n[").next().unwrap();
    assert!(!dependencies.contains("safe-mock"), "{dependencies}");
}

#[test]
fn the_same_noun_has_the_same_file_name_in_each_layer() {
    let names = |folder: &str| -> Vec<String> {
        let files = rust_files(folder).unwrap();
        files.iter().map(|file| file.path.rsplit('/').next().unwrap().to_owned()).collect()
    };
    let [http, launcher, network] =
        ["http", "launcher", "network"].map(|layer| names(&format!("safe-mock/src/{layer}")));
    for noun in ["structured_data.rs", "data_id.rs"] {
        assert!([&http, &launcher, &network].iter().all(|layer| layer.iter().any(|name| name == noun)), "{noun}");
    }
    assert!([&http, &launcher].iter().all(|layer| layer.iter().any(|name| name == "cipher_options.rs")));
}

#[test]
fn files_are_short() {
    let mut lengths: Vec<(usize, String)> =
        all().iter().map(|file| (file.before_tests().lines().count(), file.path.clone())).collect();
    lengths.sort();
    let long: Vec<_> = lengths.iter().filter(|(lines, _)| *lines > FILE_LINES_MAX).collect();
    assert!(long.is_empty(), "{long:?}");
    let median = lengths[lengths.len() / 2].0;
    assert!(median <= MEDIAN_LINES_MAX, "half of the files have more than {median} lines");
}

#[test]
fn file_names_say_what_is_inside() {
    let stems = all().into_iter().map(|file| file.path);
    let banned =
        |path: &String| path.split('/').skip(2).any(|part| BANNED_NAMES.contains(&part.trim_end_matches(".rs")));
    assert_eq!(stems.filter(banned).collect::<Vec<_>>(), [""; 0]);
}

#[test]
fn module_files_only_declare_and_re_export() {
    let items = ["fn ", "struct ", "enum ", "impl ", "trait ", "const "];
    let table = "safe-mock/src/http/mod.rs"; // The route table on one screen.
    let found = all().into_iter().filter(|file| file.path.ends_with("/mod.rs") && file.path != table).filter(|file| {
        let code = file.code();
        code.lines().any(|line| items.iter().any(|item| line.trim_start_matches("pub ").starts_with(item)))
    });
    assert_eq!(found.map(|file| file.path).collect::<Vec<_>>(), [""; 0]);
}

#[test]
fn every_source_file_says_what_it_is_for() {
    let silent = all().into_iter().filter(|file| !file.text.starts_with("//! "));
    assert_eq!(silent.map(|file| file.path).collect::<Vec<_>>(), [""; 0]);
}

#[test]
fn the_readme_names_the_rust_that_the_manifest_asks_for() {
    let read = |file: &str| std::fs::read_to_string(suite::sources::root().join(file)).unwrap();
    let manifest = read("Cargo.toml");
    let version = manifest.split("rust-version = \"").nth(1).unwrap().split('"').next().unwrap();
    assert!(read("README.md").contains(&format!("Rust {version} or newer")), "{version}");
}
