mod create;
mod credentials;
mod get;
mod list;
mod me;
mod update;
