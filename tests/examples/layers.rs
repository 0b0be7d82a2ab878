//! Prints what each folder of each crate imports, from the foundation up: the rows for `tests/suite/layers.rs`, after a change.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write as _};

use suite::imports::Imports;

fn main() -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    for folder in ["signaling", "safe-mock", "harness"] {
        let imports = Imports::read(folder)?;
        let mut left = imports.units();
        writeln!(stdout, "{folder}")?;
        while let Some(unit) = left.iter().copied().min_by_key(|unit| waits_for(&imports, unit, &left).len()) {
            left.remove(unit);
            let imported = imports.of_unit(unit);
            let words = |names: &BTreeMap<String, &str>| names.keys().map(String::as_str).collect::<Vec<_>>().join(" ");
            let (units, dependencies) = (words(&imported.units), words(&imported.dependencies));
            writeln!(stdout, "    row({unit:?}, {units:?}, {dependencies:?}),")?;
        }
        writeln!(stdout, "    circles: {:?}", imports.circles())?;
    }
    Ok(())
}

/// Which of the units that are not yet printed a unit imports.
fn waits_for(imports: &Imports, unit: &str, left: &BTreeSet<&str>) -> Vec<String> {
    imports.of_unit(unit).units.into_keys().filter(|target| left.contains(target.as_str())).collect()
}
