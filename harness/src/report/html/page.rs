//! The frame of a page: its head with the styles, its sections, and its scripts.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::headline::Headline;
use crate::format::printable;

const STYLES: [&str; 3] =
    [include_str!("assets/page.css"), include_str!("assets/plot.css"), include_str!("assets/lanes.css")];

const PAGE_SCRIPT: &str = include_str!("assets/page.js");

const LANES_SCRIPTS: [&str; 3] =
    [include_str!("assets/lanes.js"), include_str!("assets/exchange.js"), include_str!("assets/pairs.js")];

/// What the browser may load: nothing. Styles and scripts are those of the page itself.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; \
                      base-uri 'none'; form-action 'none'";

/// A page.
pub(crate) struct Page {
    /// Its title in the tab of the browser.
    pub(crate) title: String,
    /// Its head.
    pub(crate) headline: Headline,
    /// Its sections, from top to bottom.
    pub(crate) sections: Vec<Section>,
    /// What the scripts of the lanes draw, if the page has lanes.
    pub(crate) lanes: Option<Markup>,
}

/// A section of a page.
pub(crate) struct Section {
    /// The id of its element, and of its link at the top.
    pub(crate) id: &'static str,
    /// Its title.
    pub(crate) title: String,
    /// What it shows.
    pub(crate) body: Markup,
}

impl Page {
    /// The page as a file.
    pub(crate) fn html(&self) -> String {
        let has_links = self.sections.len() > 1;
        let markup = html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta http-equiv="Content-Security-Policy" content=(POLICY);
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    meta name="generator" content={ "harness " (env!("CARGO_PKG_VERSION")) };
                    link rel="icon" href="data:,";
                    title { (printable(&self.title)) }
                    @for style in STYLES { style { (PreEscaped(style)) } }
                }
                body {
                    main {
                        (self.headline.markup())
                        @if has_links {
                            nav aria-label="Sections" {
                                @for section in &self.sections { a href={ "#" (section.id) } { (section.title) } }
                            }
                        }
                        @for section in &self.sections {
                            section id=(section.id) aria-labelledby={ (section.id) "-title" } {
                                h2 id={ (section.id) "-title" } { (section.title) }
                                (section.body)
                            }
                        }
                    }
                    footer { p { "A report of " code { "harness" } ", of the safe-mock project." } }
                    script { (PreEscaped(PAGE_SCRIPT)) }
                    @if let Some(lanes) = &self.lanes {
                        (lanes)
                        @for script in LANES_SCRIPTS { script { (PreEscaped(script)) } }
                    }
                }
            }
        };
        markup.into_string() + "\n"
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A page without its styles and scripts.
    pub(in crate::report::html) fn without_assets(page: &str) -> String {
        let all = STYLES.into_iter().chain(LANES_SCRIPTS).chain([PAGE_SCRIPT]);
        all.fold(page.to_owned(), |page, asset| page.replace(asset, "…"))
    }

    /// An element a line.
    pub(in crate::report::html) fn in_lines(page: &str) -> String {
        page.replace("><", ">\n<")
    }

    #[test]
    fn styles_and_scripts_end_where_their_elements_end_and_name_no_other_place() {
        for asset in STYLES.into_iter().chain(LANES_SCRIPTS).chain([PAGE_SCRIPT]) {
            assert!(!asset.contains("</") && !asset.contains("<!--"), "{asset}");
            // The name of the namespace of SVG is no address that is asked for.
            let names = asset.replace("http://www.w3.org/2000/svg", "");
            assert!(!names.contains("://") && !names.contains("url(") && !names.contains("@import"), "{asset}");
        }
    }
}
