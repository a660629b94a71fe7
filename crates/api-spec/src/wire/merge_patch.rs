//! Changes that say by null what to take away (RFC 7396).

/// The body of a PATCH, which may come as `application/merge-patch+json`. There null takes a member
/// away; as `application/json` it is the same as a member that is left out.
pub trait MergePatch {
    /// Takes away the member at `path`, which is null in the body: the name of an envelope, or that
    /// and the name of a member of it. False if there is nothing that could be taken away.
    fn take_away(&mut self, path: &[&str]) -> bool;
}
