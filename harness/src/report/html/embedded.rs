//! Values for scripts inside a page.

use maud::{Markup, PreEscaped, html};
use serde::Serialize;

/// A value as JSON in a script element that no browser executes. `<` is escaped, so that no text in it can end the element.
pub(super) fn embedded(id: &str, value: &impl Serialize) -> Markup {
    // The values have string keys and finite numbers, so JSON can always hold them.
    let json = serde_json::to_string(value).unwrap_or_default();
    html! { script type="application/json" id=(id) { (PreEscaped(escaped(&json))) } }
}

/// JSON without `<`, which stands in strings alone.
fn escaped(json: &str) -> String {
    json.replace('<', "\\u003c")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_ends_the_script_element_and_json_keeps_it() {
        let hostile = "</script><img src=x onerror=alert(1)><!--<script>";
        let markup = embedded("id", &[hostile]).into_string();
        assert_eq!(markup.matches('<').count(), 2, "{markup}");
        let json = markup.split_once('>').unwrap().1.strip_suffix("</script>").unwrap();
        assert_eq!(serde_json::from_str::<Vec<String>>(json).unwrap(), [hostile]);
    }
}
