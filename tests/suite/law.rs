//! The law of the tree: imports go one way, files stay small, names say something.

use std::collections::{BTreeMap, BTreeSet};

use suite::imports::Imports;
use suite::sources::{Source, root, rust_files};

use crate::layers::{CRATES, Crate, Row};

/// No file is longer before its tests.
const FILE_LINES_MAX: usize = 400;

/// Half of the files are no longer than this.
const MEDIAN_LINES_MAX: usize = 150;

/// Names that say nothing about what is inside.
const BANNED_NAMES: [&str; 7] = ["util", "common", "helpers", "data", "inner", "manager", "misc"];

fn all() -> Vec<Source> {
    CRATES.iter().flat_map(|of| rust_files(&format!("{}/src", of.folder)).unwrap()).collect()
}

/// What of a crate differs from its rows, a line for each difference.
fn differences(of: &Crate, imports: &Imports) -> Vec<String> {
    let mut found = Vec::new();
    let known: BTreeSet<&str> = of.rows.iter().map(|row| row.unit).collect();
    for unit in imports.units().difference(&known) {
        found.push(format!("{}: {unit} has no row: say in tests/suite/layers.rs what it may import", of.folder));
    }
    for unit in known.difference(&imports.units()) {
        found.push(format!("{}: there is no {unit}: remove its row", of.folder));
    }
    found.extend(of.rows.iter().flat_map(|row| differences_of_unit(of, row, imports)));
    found
}

fn differences_of_unit(of: &Crate, row: &Row, imports: &Imports) -> Vec<String> {
    let place = format!("{}: {}", of.folder, row.unit);
    let imported = imports.of_unit(row.unit);
    let units = differences_of_list(&place, row.units, &imported.units);
    units.into_iter().chain(differences_of_list(&place, row.dependencies, &imported.dependencies)).collect()
}

fn differences_of_list(place: &str, allowed: &str, imported: &BTreeMap<String, &str>) -> Vec<String> {
    let allowed: BTreeSet<&str> = allowed.split_whitespace().collect();
    let forbidden = imported.iter().filter(|(target, _)| !allowed.contains(target.as_str()));
    let forbidden =
        forbidden.map(|(target, file)| format!("{place} imports {target} in {file}, and its row does not allow that"));
    let unused = allowed.iter().filter(|target| !imported.contains_key(**target));
    forbidden.chain(unused.map(|target| format!("{place} does not import {target}: remove it from its row"))).collect()
}

#[test]
fn every_folder_imports_what_its_row_says_and_nothing_else() {
    for of in &CRATES {
        let differences = differences(of, &Imports::read(of.folder).unwrap());
        assert!(differences.is_empty(), "{}", differences.join("\n"));
    }
}

#[test]
fn a_row_allows_only_folders_whose_rows_stand_above_it() {
    for of in &CRATES {
        let mut above = BTreeSet::new();
        for row in of.rows {
            let below: Vec<_> = row.units.split_whitespace().filter(|unit| !above.contains(unit)).collect();
            assert!(
                below.is_empty(),
                "{}: {} is allowed {below:?}, and no row above it is of that name",
                of.folder,
                row.unit
            );
            above.insert(row.unit);
        }
    }
}

/// A unit above `row` that its row does not allow, and that it shall be found to import.
fn forbidden(of: &Crate, row: &Row) -> &'static str {
    let is_allowed = |unit: &str| unit == row.unit || row.units.split_whitespace().any(|allowed| allowed == unit);
    of.rows.iter().map(|other| other.unit).find(|unit| !is_allowed(unit)).unwrap()
}

#[test]
fn an_import_that_a_row_does_not_allow_is_found_in_every_folder() {
    for of in &CRATES {
        let base = format!("{}/src/", of.folder);
        let mut sources = rust_files(base.trim_end_matches('/')).unwrap();
        for row in of.rows {
            let is_of_unit = |source: &&mut Source| {
                let path = source.path.trim_start_matches(&base);
                path.trim_end_matches(".rs") == row.unit || path.starts_with(&format!("{}/", row.unit))
            };
            let source = sources.iter_mut().find(is_of_unit).unwrap();
            source.text = format!("{}\nuse crate::{}::Planted;\n", source.text, forbidden(of, row));
        }
        let found = differences(of, &Imports::of(of.folder, &sources).unwrap());
        let is_found = |row: &Row| {
            let expected = format!("{}: {} imports {} in ", of.folder, row.unit, forbidden(of, row));
            found.iter().any(|difference| difference.starts_with(&expected))
        };
        let missed: Vec<_> = of.rows.iter().filter(|row| !is_found(row)).map(|row| row.unit).collect();
        assert!(missed.is_empty(), "{}: {missed:?} imports what its row does not allow: {found:#?}", of.folder);
        assert_eq!(found.len(), of.rows.len(), "{found:#?}");
    }
}

#[test]
fn files_import_each_other_in_no_circle_but_those_that_are_one_thing_in_several_files() {
    for of in &CRATES {
        let imports = Imports::read(of.folder).unwrap();
        let circles: Vec<String> = imports.circles().iter().map(|circle| circle.join(" ")).collect();
        assert_eq!(circles, of.circles, "{}", of.folder);
    }
}

#[test]
fn errors_become_answers_in_one_file() {
    let files = rust_files("safe-mock/src").unwrap();
    let codes = files.iter().filter(|file| file.code().contains("CoreError::") || file.code().contains("FfiError::"));
    assert_eq!(codes.map(|file| file.path.as_str()).collect::<Vec<_>>(), ["safe-mock/src/http/reply.rs"]);
}

#[test]
fn the_same_noun_has_the_same_file_name_in_each_layer() {
    let names = |folder: &str| -> Vec<String> {
        let files = rust_files(folder).unwrap();
        files.iter().map(|file| file.path.rsplit('/').next().unwrap().to_owned()).collect()
    };
    let [http, launcher, network] =
        ["http", "launcher", "network"].map(|layer| names(&format!("safe-mock/src/{layer}")));
    let everywhere = [
        "structured_data",
        "data_id",
        "immutable_data",
        "appendable_data",
        "encrypt_key",
        "directory",
        "file",
        "long_name",
    ];
    // A choice of encryption and a signing key are not stored: the network has no file of theirs.
    let above_the_network = ["cipher_options", "sign_key"];
    let has = |layer: &[String], noun: &str| layer.contains(&format!("{noun}.rs"));
    for noun in everywhere {
        assert!([&http, &launcher, &network].iter().all(|layer| has(layer, noun)), "{noun}");
    }
    for noun in above_the_network {
        assert!([&http, &launcher].iter().all(|layer| has(layer, noun)) && !has(&network, noun), "{noun}");
    }
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
    let found = all().into_iter().filter(|file| file.path.ends_with("/mod.rs")).filter(|file| {
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
    let read = |file: &str| std::fs::read_to_string(root().join(file)).unwrap();
    let manifest = read("Cargo.toml");
    let version = manifest.split("rust-version = \"").nth(1).unwrap().split('"').next().unwrap();
    assert!(read("README.md").contains(&format!("Rust {version} or newer")), "{version}");
}
