//! Every rule that is built, proven through the public gRPC APIs. The name of a test begins with the ids of the
//! rules it proves, as in `dsp_2a_dsp_2c_…`; `make conformance` prints rule, test and result, and fails for a rule of
//! `rules.txt` that no test names.
