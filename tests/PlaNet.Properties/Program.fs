module PlaNet.Properties.Program

[<EntryPoint>]
let main words =
    words
    |> Laws.run [
        Distributions.tests
        Preprocessing.tests
        FreeNats.tests
        Unrolling.tests
        Masking.tests
        Overshooting.tests
        Planner.tests
        OtherPlanners.tests
        AgentAndData.tests
        Choices.tests
        Networks.tests
        Actors.tests
        Wire.tests
    ]
