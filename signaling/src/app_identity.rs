//! The identity of the app at the launcher.

/// What the app calls itself when it asks for authorisation. Two peers need not agree on it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AppIdentity {
    /// The name that the user sees.
    pub name: String,
    /// The id, by which the launcher knows the app again.
    pub id: String,
    /// The version that the user sees.
    pub version: String,
    /// Who made it.
    pub vendor: String,
    /// What it wants to be allowed. Structured data needs `LOW_LEVEL_API`.
    pub permissions: Vec<String>,
}

impl AppIdentity {
    /// An app of this name and id, with the version, vendor and permissions of the default.
    pub fn new(name: impl Into<String>, id: impl Into<String>) -> Self {
        Self { name: name.into(), id: id.into(), ..Self::default() }
    }
}

impl Default for AppIdentity {
    /// The original app's.
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
