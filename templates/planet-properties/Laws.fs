module MyProperties.Laws

open Expecto
open FsCheck.FSharp
open PlaNet.Experiments
open PlaNet.Models
open PlaNet.Planning
open TorchSharp

type private Tensor = torch.Tensor

let private vector (numbers: float seq) = torch.tensor (Array.ofSeq numbers, dtype = torch.ScalarType.Float64)

/// Uniform random numbers from low to high.
let private real low high =
    Gen.choose (0, 1_000_000) |> Gen.map (fun n -> low + (high - low) * float n / 1e6)

let private reals count low high = Gen.listOfLength count (real low high)

/// A model with the state [step, last reward]. The reward of a step is the negative squared distance of the action from its target.
type private Quadratic(targets: float[]) =
    interface ILatentDynamics with
        member _.ActionSize = 1L
        member _.NoiseSize = 1L
        member _.Continuation = null

        member _.Transition(state, action, _) =
            use _ = torch.NewDisposeScope()
            let step = state.narrow (1L, 0L, 1L)
            let target = targets[int (step.select(0L, 0L).ToDouble())]
            torch.cat([| step.add ((1.0).ToScalar()); (action - vector [ target ]).square().neg () |], 1L).MoveToOuterDisposeScope()

        member _.Reward state = state.select (1L, 1L)

/// Standard normal numbers from a separate generator, so that equal seeds give equal plans.
type private Noise(seed: uint64) =
    let generator = new torch.Generator(seed)
    let draw (shape: int64[]) = torch.randn (shape, dtype = torch.ScalarType.Float64, generator = generator)

    interface INoiseSource with
        member _.Actions shape = draw shape
        member _.Dynamics shape = draw shape

    interface System.IDisposable with
        member _.Dispose() = generator.Dispose()

let private planner =
    testPropertyWithConfig
        { FsCheckConfig.defaultConfig with maxTest = 10 }
        "the planner finds the optimum of a quadratic"
        (Prop.forAll (Arb.fromGen (Gen.zip (Gen.choose (0, 1_000_000)) (reals 6 -0.8 0.8))) (fun (seed, targets) ->
            use _ = torch.NewDisposeScope()
            use noise = new Noise(uint64 seed)
            let options = PlannerOptions(Horizon = 6, Iterations = 10, Candidates = 500, Elites = 50)
            let start = torch.zeros ([| 1L; 2L |], dtype = torch.ScalarType.Float64)
            let plan = (Planners.Create options).Plan(Quadratic(Array.ofList targets), start, noise)
            let distance = (plan.Mean.reshape -1L - vector targets).abs().max().ToDouble()
            Expect.isLessThan distance 0.05 "distance of the plan from the optimum"))

let private divergence =
    // Means and standard deviations of posterior and prior, with 1 to 30 dimensions.
    let distribution count = Gen.zip (reals count -10.0 10.0) (reals count 0.1 5.0)
    let both = Gen.choose (1, 30) |> Gen.bind (fun count -> Gen.zip (distribution count) (distribution count))

    testPropertyWithConfig
        { FsCheckConfig.defaultConfig with maxTest = 100 }
        "the divergence of posterior and prior is not negative"
        (Prop.forAll (Arb.fromGen both) (fun (posterior, prior) ->
            use _ = torch.NewDisposeScope()
            let gaussian (means, stddevs) = DiagonalGaussian(vector means, vector stddevs)
            let divergence = DiagonalGaussian.Divergence(gaussian posterior, gaussian prior).ToDouble()
            Expect.isGreaterThanOrEqual divergence -1e-12 "divergence"))

/// All laws.
let all = testList "laws" [ planner; divergence ]
