//! What the files of a crate import, read from their syntax: `use` trees, paths in code, and paths inside macros.
//!
//! Code for tests alone (`#[cfg(test)]`) does not count: a test may build anything.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Attribute, File, Item, Macro, Meta, UseTree, Visibility};

use crate::sources::{self, Source};

/// The files of one crate, and what each imports.
#[derive(Debug)]
pub struct Imports {
    /// By the path of the file from the crate's `src`, such as `http/cors.rs`.
    files: BTreeMap<String, Vec<Path>>,
    /// Which names a module file re-exports, and from where: module, name, path.
    re_exports: BTreeMap<(Path, String), Path>,
    /// The crates of the manifest, as code names them.
    dependencies: BTreeSet<String>,
}

/// What a unit imports, each with one file that does.
#[derive(Debug, Default)]
pub struct Imported<'a> {
    /// Other units of its crate.
    pub units: BTreeMap<String, &'a str>,
    /// Other crates.
    pub dependencies: BTreeMap<String, &'a str>,
}

/// The segments of a path. The first is `crate`, or the name of a dependency.
type Path = Vec<String>;

impl Imports {
    /// Reads the sources of the crate in `folder`, which is given from the workspace's folder.
    ///
    /// # Errors
    /// A file cannot be read, or is not Rust.
    pub fn read(folder: &str) -> io::Result<Self> {
        Self::of(folder, &sources::rust_files(&format!("{folder}/src"))?)
    }

    /// As [`Imports::read`], of sources that may differ from those on disk.
    ///
    /// # Errors
    /// The manifest cannot be read, or a source is not Rust.
    pub fn of(folder: &str, sources: &[Source]) -> io::Result<Self> {
        let manifest = std::fs::read_to_string(sources::root().join(folder).join("Cargo.toml"))?;
        let dependencies: BTreeSet<String> = dependencies(&manifest).collect();
        let parsed = sources.iter().map(|source| Parsed::new(source, folder)).collect::<io::Result<Vec<_>>>()?;
        let test_modules: BTreeSet<Path> = parsed.iter().flat_map(Parsed::test_modules).collect();
        let is_shipped = |file: &&Parsed| !test_modules.iter().any(|module| file.module.starts_with(module));
        let mut imports = Self { files: BTreeMap::new(), re_exports: BTreeMap::new(), dependencies };
        for file in parsed.iter().filter(is_shipped) {
            let mut found =
                Finder { module: file.module.clone(), dependencies: &imports.dependencies, paths: Vec::new() };
            found.visit_file(&file.syntax);
            imports.files.insert(file.name.clone(), found.paths);
            imports.re_exports.extend(file.re_exports());
        }
        Ok(imports)
    }

    /// The units of the crate: the folders and files in its `src`, without `lib.rs` and `main.rs`, which name every unit.
    pub fn units(&self) -> BTreeSet<&str> {
        self.files.keys().map(|file| unit_of(file)).filter(|unit| !matches!(*unit, "lib" | "main")).collect()
    }

    /// What the files of a unit import: other units, and dependencies; each with one file that does.
    pub fn of_unit(&self, unit: &str) -> Imported<'_> {
        let mut imported = Imported::default();
        let files = self.files.iter().filter(|(file, _)| unit_of(file) == unit);
        for (file, path) in files.flat_map(|(file, paths)| paths.iter().map(move |path| (file.as_str(), path))) {
            if path[0] == "crate" {
                let target = self.file_of(path).map_or_else(|| path[1].clone(), |target| unit_of(target).to_owned());
                if target != unit {
                    imported.units.entry(target).or_insert(file);
                }
            } else {
                imported.dependencies.entry(path[0].clone()).or_insert(file);
            }
        }
        imported
    }

    /// The groups of files that import each other in a circle, each sorted. Module files, which only re-export, do not count.
    pub fn circles(&self) -> Vec<Vec<&str>> {
        let reaches = self.reachable();
        let mut circles = BTreeSet::new();
        for (file, targets) in &reaches {
            let circle: Vec<&str> = targets.iter().copied().filter(|other| reaches[other].contains(file)).collect();
            if circle.len() > 1 {
                circles.insert(circle);
            }
        }
        circles.into_iter().collect()
    }

    /// The files that can be reached from each file over imports.
    fn reachable(&self) -> BTreeMap<&str, BTreeSet<&str>> {
        let direct = |file: &str| -> Vec<&str> {
            let paths = self.files.get(file).into_iter().flatten().filter(|path| path[0] == "crate");
            paths.filter_map(|path| self.file_of(path)).filter(|target| *target != file && !is_list(target)).collect()
        };
        let mut reaches = BTreeMap::new();
        for file in self.files.keys().map(String::as_str).filter(|file| !is_list(file)) {
            let (mut found, mut next) = (BTreeSet::new(), direct(file));
            while let Some(target) = next.pop() {
                if found.insert(target) {
                    next.extend(direct(target));
                }
            }
            reaches.insert(file, found);
        }
        reaches
    }

    /// The file in which the item of a path is defined. Re-exports are followed.
    fn file_of(&self, path: &[String]) -> Option<&str> {
        for length in (1..=path.len()).rev() {
            let (module, rest) = path.split_at(length);
            if let Some(name) = rest.first()
                && let Some(target) = self.re_exports.get(&(module.to_vec(), name.clone()))
                && target != path
            {
                return self.file_of(target);
            }
            let file = module[1..].join("/");
            let candidates = [format!("{file}.rs"), format!("{file}/mod.rs")];
            let found = candidates.iter().find_map(|name| self.files.get_key_value(name));
            if let Some((name, _)) = found.filter(|_| length > 1) {
                return Some(name);
            }
        }
        self.files.get_key_value("lib.rs").map(|(name, _)| name.as_str())
    }
}

/// The folder or the file of `src` that a file belongs to.
fn unit_of(file: &str) -> &str {
    file.split('/').next().unwrap_or(file).trim_end_matches(".rs")
}

/// Whether a file is a list of modules and re-exports.
fn is_list(file: &str) -> bool {
    file == "lib.rs" || file.ends_with("mod.rs")
}

/// The dependencies of a manifest, as code names them; those of its tests do not count.
fn dependencies(manifest: &str) -> impl Iterator<Item = String> {
    let section = manifest.split("[dependencies]").nth(1).unwrap_or_default();
    let lines = section.lines().take_while(|line| !line.starts_with('['));
    let names = lines.filter_map(|line| line.split(['.', ' ', '=']).next());
    names.filter(|name| !name.is_empty() && !name.starts_with('#')).map(|name| name.replace('-', "_"))
}

/// One source file, parsed.
struct Parsed {
    name: String,
    module: Path,
    syntax: File,
}

impl Parsed {
    fn new(source: &Source, folder: &str) -> io::Result<Self> {
        let name = source.path.trim_start_matches(&format!("{folder}/src/")).to_owned();
        let stem = name.trim_end_matches(".rs");
        let parts = stem.split('/').filter(|part| !matches!(*part, "mod" | "lib"));
        let module = std::iter::once("crate").chain(parts).map(str::to_owned).collect();
        let syntax = syn::parse_file(&source.text).map_err(|error| io::Error::other(format!("{name}: {error}")))?;
        Ok(Self { name, module, syntax })
    }

    /// The modules that this file declares for tests alone.
    fn test_modules(&self) -> Vec<Path> {
        let declared = self.syntax.items.iter().filter_map(|item| match item {
            Item::Mod(module) if is_for_tests(&module.attrs) => Some(module.ident.to_string()),
            _ => None,
        });
        declared.map(|name| [self.module.clone(), vec![name]].concat()).collect()
    }

    /// The names that this file re-exports.
    fn re_exports(&self) -> Vec<((Path, String), Path)> {
        let mut found = Vec::new();
        for item in &self.syntax.items {
            let Item::Use(item) = item else { continue };
            let is_re_export = !matches!(item.vis, Visibility::Inherited) && !is_for_tests(&item.attrs);
            if is_list(&self.name) && is_re_export {
                for (path, name) in leaves(&item.tree) {
                    let own: BTreeSet<String> = self.declared().collect();
                    let target = absolute(&path, &self.module, &own);
                    found.extend(target.map(|target| ((self.module.clone(), name), target)));
                }
            }
        }
        found
    }

    fn declared(&self) -> impl Iterator<Item = String> {
        self.syntax.items.iter().filter_map(|item| match item {
            Item::Mod(module) => Some(module.ident.to_string()),
            _ => None,
        })
    }
}

/// The path from the crate's root, if it is of this crate. `own` are the modules that a path may begin with.
fn absolute(path: &[String], module: &[String], own: &BTreeSet<String>) -> Option<Path> {
    let mut base = module.to_vec();
    let mut rest = path;
    match rest.first()?.as_str() {
        "crate" => return Some(path.to_vec()),
        "self" => rest = &rest[1..],
        "super" => {
            while rest.first().is_some_and(|segment| segment == "super") {
                base.pop();
                rest = &rest[1..];
            }
        }
        first if own.contains(first) => {}
        _ => return None,
    }
    Some([base, rest.to_vec()].concat())
}

/// The paths of a `use` tree, each with the name that it brings in.
fn leaves(tree: &UseTree) -> Vec<(Path, String)> {
    match tree {
        UseTree::Path(path) => {
            let inner = leaves(&path.tree).into_iter();
            inner.map(|(rest, name)| ([vec![path.ident.to_string()], rest].concat(), name)).collect()
        }
        UseTree::Name(name) => vec![(vec![name.ident.to_string()], name.ident.to_string())],
        UseTree::Rename(rename) => vec![(vec![rename.ident.to_string()], rename.rename.to_string())],
        UseTree::Glob(_) => vec![(vec!["*".to_owned()], "*".to_owned())],
        UseTree::Group(group) => group.items.iter().flat_map(leaves).collect(),
    }
}

fn is_for_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| match &attribute.meta {
        Meta::List(list) => list.path.is_ident("cfg") && list.tokens.to_string() == "test",
        _ => false,
    })
}

/// Collects the paths of a file.
struct Finder<'a> {
    module: Path,
    dependencies: &'a BTreeSet<String>,
    paths: Vec<Path>,
}

impl Finder<'_> {
    fn add(&mut self, path: &[String]) {
        let is_dependency = path.first().is_some_and(|first| self.dependencies.contains(first));
        let found = if is_dependency { Some(path.to_vec()) } else { absolute(path, &self.module, &BTreeSet::new()) };
        self.paths.extend(found.filter(|path| path.len() > 1 || path[0] != "crate"));
    }

    /// Paths in the arguments of macros, which are not parsed: `crate::a::b` and `super::a`.
    fn add_tokens(&mut self, tokens: TokenStream) {
        let mut path: Path = Vec::new();
        let mut colons = 0;
        for token in tokens {
            match token {
                TokenTree::Ident(ident) => {
                    if colons != 2 {
                        self.add_if_long(&std::mem::take(&mut path));
                    }
                    path.push(ident.to_string());
                    colons = 0;
                }
                TokenTree::Punct(punct) if punct.as_char() == ':' => colons += 1,
                TokenTree::Group(group) => {
                    self.add_if_long(&std::mem::take(&mut path));
                    self.add_tokens(group.stream());
                }
                TokenTree::Punct(_) | TokenTree::Literal(_) => self.add_if_long(&std::mem::take(&mut path)),
            }
        }
        self.add_if_long(&path);
    }

    fn add_if_long(&mut self, path: &[String]) {
        if path.len() > 1 {
            self.add(path);
        }
    }
}

impl<'ast> Visit<'ast> for Finder<'_> {
    fn visit_item(&mut self, item: &'ast Item) {
        let attributes = match item {
            Item::Mod(item) => &item.attrs,
            Item::Fn(item) => &item.attrs,
            Item::Impl(item) => &item.attrs,
            Item::Use(item) => &item.attrs,
            Item::Struct(item) => &item.attrs,
            Item::Enum(item) => &item.attrs,
            Item::Const(item) => &item.attrs,
            Item::Static(item) => &item.attrs,
            Item::Type(item) => &item.attrs,
            Item::Trait(item) => &item.attrs,
            _ => &Vec::new(),
        };
        if !is_for_tests(attributes) {
            visit::visit_item(self, item);
        }
    }

    fn visit_item_mod(&mut self, module: &'ast syn::ItemMod) {
        self.module.push(module.ident.to_string());
        visit::visit_item_mod(self, module);
        self.module.pop();
    }

    fn visit_impl_item_fn(&mut self, function: &'ast syn::ImplItemFn) {
        if !is_for_tests(&function.attrs) {
            visit::visit_impl_item_fn(self, function);
        }
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        for (path, _) in leaves(&item.tree) {
            self.add(&path);
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let segments: Path = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        self.add_if_long(&segments);
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &'ast Macro) {
        self.add_tokens(call.tokens.clone());
        visit::visit_macro(self, call);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found_in(text: &str) -> Vec<String> {
        let syntax = syn::parse_file(text).unwrap();
        let module = ["crate", "http", "cors"].map(str::to_owned).to_vec();
        let dependencies = BTreeSet::from(["axum".to_owned()]);
        let mut finder = Finder { module, dependencies: &dependencies, paths: Vec::new() };
        finder.visit_file(&syntax);
        finder.paths.iter().map(|path| path.join("::")).collect()
    }

    #[test]
    fn use_trees_are_read_whatever_their_form() {
        assert_eq!(
            found_in("use crate::{a::B, c::{D as E, f::*}}; use super::path; use axum::Router; use std::fmt;"),
            ["crate::a::B", "crate::c::D", "crate::c::f::*", "crate::http::path", "axum::Router"]
        );
    }

    #[test]
    fn paths_in_code_and_in_macros_count() {
        let text = "fn f() -> crate::a::B { super::g(); vec![crate::c::D, format!(\"{}\", axum::E)] }";
        assert_eq!(found_in(text), ["crate::a::B", "crate::http::g", "crate::c::D", "axum::E"]);
    }

    #[test]
    fn code_for_tests_alone_does_not_count() {
        assert_eq!(
            found_in("#[cfg(test)] mod tests { use crate::a::B; } #[cfg(test)] fn f() { crate::c::D }"),
            [""; 0]
        );
    }

    #[test]
    fn a_path_in_a_module_within_the_file_starts_there() {
        assert_eq!(
            found_in("mod inner { use super::B; use super::super::c; }"),
            ["crate::http::cors::B", "crate::http::c"]
        );
    }

    #[test]
    fn a_path_in_a_comment_or_a_text_does_not_count() {
        assert_eq!(found_in("// use crate::a::B;\nfn f() -> &'static str { \"crate::c::D\" }"), [""; 0]);
    }
}
