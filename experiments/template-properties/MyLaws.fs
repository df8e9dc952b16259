module MyProperties.MyLaws

open Expecto
open PlaNet.Models
open PlaNet.Planning
open PlaNet.Properties
open TorchSharp

/// A model whose reward is the negative squared distance of the action to a target; the state is the last reward.
type private Quadratic(target: Tensor) =
    interface ILatentDynamics with
        member _.ActionSize = target.shape[0]
        member _.NoiseSize = 1L
        member _.Continuation = null
        member _.Transition(_, action, _) = (action - target).square().sum(1L, keepdim = true).neg ()
        member _.Reward state = state.select (1L, 0L)

let tests = testList "MyLaws" [

    let targets = Input.list 1 3 (Input.real -0.8 0.8)

    // Seen to fail when the planner kept the worst sequence.
    "property 1: the planner finds the optimum of a quadratic"
    |> Law.holds 10 (Input.pair Input.seed targets) (fun (seed, target) ->
        use generator = new torch.Generator(seed)
        let dynamics = Quadratic(vector target)
        let planner: IPlanner = MyPlanner(2L, 20, 200L)
        let plan = planner.Plan(dynamics, torch.zeros ([| 1L; 1L |], dtype = f64), GeneratorNoise(generator, f64))
        requireAllNear "the first action" 0.05 (Array.ofList target) (numbers (plan.Mean.select (1L, 0L))))

    let sizes = Input.triple (Input.integer 1 4) (Input.integer 1 3) (Input.integer 1 5)

    // Seen to fail when the deviation was a ReLU without a floor.
    "property 2: the divergence of posterior from prior is never negative"
    |> Law.holds 50 (Input.pair Input.seed sizes) (fun (seed, (size, actionSize, time)) ->
        use generator = new torch.Generator(seed)
        use model = new MyTransition(size, actionSize, 7L, generator)
        let randomInput offset (last: int) = gaussian f32 (seed + offset) [ 3L; time; last ]
        let struct (posterior, prior) = model.Observe(randomInput 1uL 7, randomInput 2uL actionSize, randomInput 3uL size)
        let divergence = numbers (DiagonalGaussian.Divergence(posterior.Distribution, prior))
        require (divergence |> Array.forall (fun d -> d >= -1e-5)) $"{List.ofArray divergence}")
]

[<EntryPoint>]
let main words = Laws.run [ tests ] words
