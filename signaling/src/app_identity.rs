//! The identity of the app at the launcher.

/// The identity of the app in its request for authorisation. Two peers need not have the same.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AppIdentity {
    /// The name that the user sees.
    pub name: String,
    /// The id, by which the launcher recognises the app.
    pub id: String,
    /// The version that the user sees.
    pub version: String,
    /// The vendor of the app.
    pub vendor: String,
    /// The requested permissions. Structured data needs `LOW_LEVEL_API`.
    pub permissions: Vec<String>,
}

impl AppIdentity {
    /// An app of this name and id, with the version, vendor and permissions of the default.
    pub fn new(name: impl Into<String>, id: impl Into<String>) -> Self {
        Self { name: name.into(), id: id.into(), ..Self::default() }
    }
}

impl Default for AppIdentity {
    /// The identity of the original app.
    fn default() -> Self {
        Self {
            name: "SAFE Signaling Demo".into(),
            id: "example.signaling.v1".into(),
            version: "0.1.0".into(),
            vendor: "MaidSafe Ltd.".into(),
            permissions: vec!["LOW_LEVEL_API".into()],
        }
    }
}
