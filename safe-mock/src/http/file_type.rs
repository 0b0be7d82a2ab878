//! The content type of a file, by the extension in its path (wider behaviour §6.4).
//!
//! These are types of the library that the original launcher used, for the extensions that web pages and documents have. They are
//! not those of today, and clients compare them.

/// The type of a path without a known extension.
const UNKNOWN: &str = "application/octet-stream";

/// The content type for the file at this path.
pub fn of_path(path: &str) -> &'static str {
    let extension = path.rsplit(['.', '/', '\\']).next().unwrap_or(path).to_lowercase();
    match extension.as_str() {
        "txt" | "text" | "conf" | "def" | "list" | "log" | "in" | "ini" => "text/plain",
        "html" | "htm" => "text/html",
        "css" => "text/css",
        "js" => "application/javascript",
        "json" | "map" => "application/json",
        "md" | "markdown" | "mkd" => "text/x-markdown",
        "xml" | "xsl" => "application/xml",
        "xhtml" | "xht" => "application/xhtml+xml",
        "yaml" | "yml" => "text/yaml",
        "appcache" | "manifest" => "text/cache-manifest",
        "rtf" => "application/rtf",
        "doc" | "dot" => "application/msword",
        "sh" => "application/x-sh",
        "tar" => "application/x-tar",
        "bmp" => "image/bmp",
        "tif" | "tiff" => "image/tiff",
        "wav" => "audio/x-wav",
        "ogv" => "video/ogg",
        "avi" => "video/x-msvideo",
        "mov" | "qt" => "video/quicktime",
        "mpg" | "mpeg" => "video/mpeg",
        "csv" => "text/csv",
        "svg" | "svgz" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" | "jpe" => "image/jpeg",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "ico" => "image/x-icon",
        "woff" => "application/font-woff",
        "woff2" => "application/font-woff2",
        "ttf" => "application/x-font-ttf",
        "otf" => "font/opentype",
        "eot" => "application/vnd.ms-fontobject",
        "mp3" => "audio/mpeg",
        "ogg" => "audio/ogg",
        "mp4" => "video/mp4",
        "webm" => "video/webm",
        "pdf" => "application/pdf",
        "zip" => "application/zip",
        _ => UNKNOWN,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_behind_the_last_separator_decides() {
        for (path, kind) in [
            ("a.txt", "text/plain"),
            ("A.B.HTML", "text/html"),
            ("x.tar.gz", UNKNOWN),
            (".hidden", UNKNOWN),
            ("code.wasm", UNKNOWN),
            ("png", "image/png"),
            ("a.txt/", UNKNOWN),
            ("a.txt/b", UNKNOWN),
            ("/a/b.png", "image/png"),
            ("a\\css", "text/css"),
            ("a.html.", UNKNOWN),
            ("a.constructor", UNKNOWN),
            ("", UNKNOWN),
        ] {
            assert_eq!(of_path(path), kind, "{path}");
        }
    }
}
