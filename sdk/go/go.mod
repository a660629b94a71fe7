module example.com/go/rollcall-sdk

go 1.19

require example.com/go/rollcall v0.0.0

replace example.com/go/rollcall => ../../target/sdk/go
