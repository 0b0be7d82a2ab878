//! Collects the lanes of the pairs of a page.

use maud::Markup;
use serde::Serialize;

use super::pair::PairLanes;
use super::texts::Texts;
use crate::report::html::embedded::embedded;
use crate::report::model::Report;
use crate::report::pair::PairReport;

/// About how many bytes the lanes of a page may take. Pairs for which there is no more room have none.
const BYTES_MAX: usize = 7_000_000;

/// The lanes of the pairs of a page, each with its number.
#[derive(Debug)]
pub(in crate::report::html) struct LanesWriter {
    texts: Texts,
    pairs: Vec<PairLanes>,
    bytes: usize,
    bytes_max: usize,
}

impl Default for LanesWriter {
    fn default() -> Self {
        Self { texts: Texts::default(), pairs: Vec::new(), bytes: 0, bytes_max: BYTES_MAX }
    }
}

impl LanesWriter {
    /// Adds the lanes of a pair, and returns their number; `None` if there is no room for them.
    pub(in crate::report::html) fn add(&mut self, report: &Report, pair: &PairReport) -> Option<usize> {
        if self.bytes + self.texts.bytes() >= self.bytes_max {
            return None;
        }
        let lanes = PairLanes::of(report, pair, &mut self.texts);
        self.bytes += serde_json::to_string(&lanes).map_or(0, |json| json.len());
        self.pairs.push(lanes);
        Some(self.pairs.len() - 1)
    }

    /// All of them, for the script.
    pub(in crate::report::html) fn embedded(&self) -> Markup {
        #[derive(Serialize)]
        struct All<'a> {
            texts: &'a [String],
            pairs: &'a [PairLanes],
        }
        embedded("lanes", &All { texts: self.texts.all(), pairs: &self.pairs })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::test_run::good_run;
    use crate::report::model::tests::report_of;

    #[test]
    fn the_lanes_of_a_good_pair_stay_as_they_were_reviewed() {
        let report = report_of(&good_run());
        let mut writer = LanesWriter::default();
        writer.add(&report, &report.pairs[0]).unwrap();
        let lanes = writer.embedded().into_string();
        insta::assert_snapshot!(lanes.replace("],[", "],\n[").replace("},{", "},\n{").replace(",\"", ",\n\""));
    }

    #[test]
    fn pairs_for_which_there_is_no_room_have_no_lanes() {
        let report = report_of(&good_run());
        let mut writer = LanesWriter { bytes_max: 10_000, ..LanesWriter::default() };
        let added: Vec<Option<usize>> = (0..20).map(|_| writer.add(&report, &report.pairs[0])).collect();
        let pairs = added.iter().flatten().count();
        assert!((2..19).contains(&pairs), "{added:?}");
        assert!(added[pairs..].iter().all(Option::is_none), "{added:?}");
        assert!(writer.embedded().into_string().len() < 20_000);
    }
}
