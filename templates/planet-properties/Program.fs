module MyProperties.Program

open Expecto
open PlaNet.Experiments
open PlaNet.Loading

/// dotnet run, or with Expecto's options behind two dashes: dotnet run -- --filter-test-case planner
[<EntryPoint>]
let main arguments =
    // Before the first tensor: this loads libtorch. One thread an operator, because the laws run beside one another.
    TorchRuntime.Configure(ComputeOptions(Threads = 1))
    runTestsWithCLIArgs [] arguments Laws.all
