//! That documents name what is there: every file that a page of `docs/` names exists, and every link leads somewhere.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use suite::sources::root;

/// The pages of the repository, by their path from its folder.
fn pages() -> Vec<String> {
    let in_folder = |folder: &str| {
        let names = fs::read_dir(root().join(folder)).unwrap().map(|entry| entry.unwrap().file_name().into_string());
        names.map(|name| format!("{folder}/{}", name.unwrap())).collect::<Vec<_>>()
    };
    let pages =
        [in_folder("docs"), in_folder("docs/decisions"), vec!["README.md".to_owned(), "CONTRIBUTING.md".to_owned()]];
    pages.concat().into_iter().filter(|name| has_extension(name, "md")).collect()
}

fn has_extension(name: &str, extension: &str) -> bool {
    Path::new(name).extension().is_some_and(|found| found == extension)
}

/// The paths of files that a page names: words with a slash, and names of Rust files. A path with a word in capitals stands for
/// several files.
fn files_named_in(text: &str) -> BTreeSet<&str> {
    let is_part_of_a_path = |letter: char| letter.is_ascii_alphanumeric() || "/._-".contains(letter);
    let words = text.split(|letter| !is_part_of_a_path(letter)).map(|word| word.trim_end_matches(['.', '-']));
    words.filter(|word| word.contains('/') || has_extension(word, "rs")).collect()
}

/// Folders from which pages name files.
const BASES: [&str; 6] = ["", "docs/", "tests/", "safe-mock/src/", "signaling/src/", "harness/src/"];

fn is_there(name: &str) -> bool {
    BASES.iter().any(|base| root().join(base).join(name).exists())
}

#[test]
fn every_file_that_the_architecture_names_exists() {
    let page = fs::read_to_string(root().join("docs/architecture.md")).unwrap();
    let named = files_named_in(&page);
    let missing: Vec<_> = named.iter().filter(|name| !is_there(name)).collect();
    assert!(named.len() > 40, "{named:?}");
    assert!(missing.is_empty(), "docs/architecture.md names what is not there: {missing:?}");
}

#[test]
fn every_rust_file_that_a_page_names_by_its_path_exists() {
    let mut named = 0;
    for page in pages() {
        let text = fs::read_to_string(root().join(&page)).unwrap();
        let is_path = |name: &&str| name.contains('/') && has_extension(name, "rs") && !name.contains("NOUN");
        for file in files_named_in(&text).into_iter().filter(is_path) {
            named += 1;
            assert!(is_there(file), "{page} names {file}, which is not there");
        }
    }
    assert!(named > 60, "{named} files were found");
}

#[test]
fn the_architecture_shows_every_folder_of_every_crate() {
    let page = fs::read_to_string(root().join("docs/architecture.md")).unwrap();
    for folder in ["safe-mock/src", "signaling/src", "harness/src"] {
        for entry in fs::read_dir(root().join(folder)).unwrap().map(Result::unwrap) {
            let name = entry.file_name().into_string().unwrap();
            let is_shown = !entry.path().is_dir() || name == "snapshots" || page.contains(&format!("{name}/ "));
            assert!(is_shown, "docs/architecture.md does not show {folder}/{name}");
        }
    }
}

#[test]
fn every_link_of_a_page_leads_to_a_file() {
    let mut links = 0;
    for page in pages() {
        let text = fs::read_to_string(root().join(&page)).unwrap();
        let folder = root().join(&page).parent().unwrap().to_owned();
        for target in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let path = target.split('#').next().unwrap();
            if !path.is_empty() && !path.contains("://") {
                links += 1;
                assert!(folder.join(path).exists(), "{page} links to {target}, which is not there");
            }
        }
    }
    assert!(links > 10, "{links} links were found");
}

/// The cells of the rows of a table, without its head.
fn rows<'a>(page: &'a str, head: &str) -> Vec<Vec<&'a str>> {
    let below = page.split_once(head).unwrap().1;
    let lines = below.lines().skip(2).take_while(|line| line.starts_with('|'));
    lines.map(|line| line.trim_matches('|').split(" | ").map(str::trim).collect()).collect()
}

/// The sections of the notes on the wider launcher, up to the last subsection or quirk of each.
const SECTIONS: [(&str, usize); 10] =
    [("1.", 9), ("2.", 7), ("3.", 8), ("5.", 7), ("6.", 7), ("7.", 9), ("", 14), ("R", 26), ("N", 21), ("O", 7)];

/// Sections that have subsections alone; those of 13 are the quirks.
const DIVIDED: [usize; 7] = [1, 2, 3, 5, 6, 7, 13];

/// The sections that a page on the wider launcher has to speak of.
fn wider_sections() -> BTreeSet<String> {
    let all = SECTIONS.iter().flat_map(|(prefix, last)| (1..=*last).map(move |number| (*prefix, number)));
    let undivided = all.filter(|(prefix, number)| !prefix.is_empty() || !DIVIDED.contains(number));
    undivided.map(|(prefix, number)| format!("{prefix}{number}")).collect()
}

/// The sections in the first cell of a row, such as `wider 2.2 to 2.4, N3`; none in that of a row about the core.
fn sections_of(cell: &str) -> Vec<String> {
    let number = |section: &str| section.rsplit(['.', 'R', 'N', 'O']).next().unwrap().parse::<usize>().unwrap();
    let parts = cell.strip_prefix("wider ").into_iter().flat_map(|list| list.split(", "));
    let sections = parts.flat_map(|part| {
        let (first, last) = part.split_once(" to ").unwrap_or((part, part));
        let prefix = first.trim_end_matches(|letter: char| letter.is_ascii_digit());
        assert!(last.starts_with(prefix), "{cell}");
        (number(first)..=number(last)).map(move |number| format!("{prefix}{number}"))
    });
    sections.collect()
}

#[test]
fn each_section_on_the_wider_launcher_is_kept_or_left_out() {
    let page = fs::read_to_string(root().join("docs/fidelity.md")).unwrap();
    let kept = rows(&page, "| § | behaviour | held by |");
    for row in &kept {
        assert!(row.len() == 3 && row.iter().all(|cell| !cell.is_empty()), "{row:?}");
    }
    let left_out = rows(&page, "| § | the original launcher | here | reason |");
    let named: BTreeSet<String> = kept.iter().chain(&left_out).flat_map(|row| sections_of(row[0])).collect();
    let expected = wider_sections();
    let missing: Vec<_> = expected.difference(&named).collect();
    assert!(missing.is_empty(), "docs/fidelity.md has no row for {missing:?}");
    let unknown: Vec<_> = named.difference(&expected).collect();
    assert!(unknown.is_empty(), "docs/fidelity.md has rows for sections that do not exist: {unknown:?}");
}

#[test]
fn the_page_of_who_meets_whom_has_every_pair_of_five_peers_or_more() {
    let page = fs::read_to_string(root().join("docs/interop.md")).unwrap();
    let names: BTreeSet<&str> = rows(&page, "| peer | what it is |").iter().map(|row| row[0]).collect();
    assert!(names.len() >= 5 && names.contains("ours") && names.contains("original"), "{names:?}");
    let head =
        "| initiator | recipient | connected | time | text | 60 KB | initiator closes | recipient closes | why not |";
    let pairs = rows(&page, head);
    let seen: BTreeSet<(&str, &str)> = pairs.iter().map(|row| (row[0], row[1])).collect();
    assert_eq!(seen.len(), names.len() * names.len());
    for row in &pairs {
        assert!(names.contains(row[0]) && names.contains(row[1]), "{row:?}");
        let steps = [row[2], row[4], row[5], row[6], row[7]];
        assert!(steps.iter().all(|step| ["yes", "no", "–"].contains(step)), "{row:?}");
        let is_well = steps.iter().all(|step| *step == "yes");
        assert_eq!(row[8].is_empty(), is_well, "a pair that does not do well has a reason: {row:?}");
    }
}
