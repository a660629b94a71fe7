mod create;
mod delete;
mod lifetime;
mod replay;
mod signing;
mod test_vectors;
