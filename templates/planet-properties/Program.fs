module MyProperties.Program

open Expecto
open PlaNet.Experiments
open PlaNet.Loading

/// Run it with `dotnet run`. Expecto's options follow two dashes: dotnet run -- --filter-test-case planner
[<EntryPoint>]
let main arguments =
    // This loads libtorch, so it must come before the first tensor. One thread per operator, because the laws run in parallel.
    TorchRuntime.Configure(ComputeOptions(Threads = 1))
    runTestsWithCLIArgs [] arguments Laws.all
