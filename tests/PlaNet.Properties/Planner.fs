module PlaNet.Properties.Planner

open System
open Expecto
open PlaNet.Experiments
open PlaNet.Planning
open PlaNet.Tensors
open TorchSharp

/// A model whose state holds the step count, the last reward and numbers of its agent: [step, reward, own...].
/// score: step, actions [rows, A], noise [rows, 1], own [rows, n] -> rewards [rows].
type Mock(actionSize: int, score: int -> Tensor -> Tensor -> Tensor -> Tensor) =
    interface ILatentDynamics with
        member _.ActionSize = actionSize
        member _.NoiseSize = 1L
        member _.Continuation = null

        member _.Transition(state, action, noise) =
            use _ = torch.NewDisposeScope()
            let step = int (state.select(1L, 0L).select(0L, 0L).ToDouble())
            let own = state.narrow (1L, 2L, state.shape[1] - 2L)
            torch.cat([| state.narrow(1L, 0L, 1L).add 1.0; (score step action noise own).unsqueeze 1L; own |], 1L).MoveToOuterDisposeScope()

        member _.Reward state = state.select (1L, 1L)

/// Noise for several agents, optionally restricted to the part of one agent.
type SharedNoise(seed: uint64, agents: int, only: int option) =
    let generator = new torch.Generator(seed)

    let draw (shape: int64[]) axis =
        let drawn = torch.randn (Array.updateAt axis (int64 agents) shape, dtype = f64, generator = generator)

        match only with
        | Some agent -> drawn.narrow (axis, agent, 1L)
        | None -> drawn

    interface INoiseSource with
        member _.Actions shape = draw shape 1
        member _.Dynamics shape = draw shape 0

    interface IDisposable with
        member _.Dispose() = generator.Dispose()

let options horizon iterations candidates elites =
    PlannerOptions(Horizon = horizon, Iterations = iterations, Candidates = candidates, Elites = elites)

let oneState () = torch.zeros ([| 1L; 2L |], dtype = f64)

/// The plan for one agent whose state has no numbers of its own.
let private plan (options: PlannerOptions) seed actionSize score =
    use noise = new SharedNoise(seed, 1, None)
    CrossEntropyMethod(options).Plan(Mock(actionSize, score), oneState (), noise)

/// The largest difference of a plan from a target.
let distance (target: float[]) (plan: Plan) =
    Array.map2 (fun x y -> abs (x - y)) target (numbers plan.Mean) |> Array.max

/// A separable concave quadratic with its optimum at the target, [H * A].
let quadratic actionSize (target: float[]) =
    let steps = target |> Array.chunkBySize actionSize |> Array.map vector
    fun step (action: Tensor) _ _ -> (action - steps[step]).square().sum(1L).neg ()

let targets n low high = Input.list n n (Input.real low high)

/// Candidate j has action 1 in dimension j and 0 elsewhere, so that K times the fitted mean is 1 for the elites and 0 for the others.
let private whichAreElites (returns: float[]) elites =
    let j = int64 returns.Length
    let actions = (torch.eye (j, dtype = f64)).view (1L, 1L, j, j)
    let struct (mean, _, reached) = CrossEntropyMethod.Fit(actions, (vector returns).view (1L, j), elites)
    numbers mean, number reached

let private elitesOf returns elites =
    let mean, _ = whichAreElites returns elites
    mean |> Array.map (fun weight -> weight > 0.0)

let candidates = Input.pair Input.seed (Input.pair (Input.integer 2 40) (Input.integer 1 40))

let returnsOf seed count = gaussian f64 seed [ int64 count ] |> numbers

let tests = testList "Planner" [

    // Seen to fail when 0.1 was added to the variance, so that the search never narrowed.
    let found cases actionSize iterations tolerance =
        let n = 12 * actionSize

        $"property 32: an optimum inside the box is found (n = {n}, I = {iterations})"
        |> Law.holds cases (Input.pair Input.seed (targets n -0.8 0.8)) (fun (seed, target) ->
            let target = Array.ofList target
            let error = plan (options 12 iterations 1000 100) seed actionSize (quadratic actionSize target) |> distance target
            require (error <= tolerance) $"n = {n}, I = {iterations}: off by {error}")

    found 5 1 10 0.02
    found 3 2 10 0.06
    found 1 6 30 0.02

    // Seen to fail when candidates were clipped to [-0.85, 0.85], and when they were not clipped.
    let corner = Input.pair (targets 12 -1.0 1.0) (Input.real 1.0 3.0)

    let approached iterations tolerance =
        $"property 33: an optimum at a corner or outside the box is approached without leaving the box (I = {iterations})"
        |> Law.holds 4 (Input.pair Input.seed corner) (fun (seed, (signs, far)) ->
            let sign x = if x < 0.0 then -1.0 else 1.0
            let target = signs |> Seq.map (fun x -> far * sign x) |> Array.ofSeq
            let plan = plan (options 12 iterations 1000 100) seed 1 (quadratic 1 target)
            let error = distance (target |> Array.map (fun x -> Math.Clamp(x, -1.0, 1.0))) plan
            require (error <= tolerance) $"I = {iterations}: off by {error}"
            require (numbers plan.Mean |> Array.forall (fun x -> abs x <= 1.0)) "a mean left the box")

    approached 10 0.1
    approached 20 0.02

    let coefficient = Input.pair (Input.real 0.5 2.0) (Input.oneOf [ 1.0; -1.0 ])

    // Seen to fail when the last step's reward was left out of the return.
    "property 34: a linear objective leads to the faces of the box"
    |> Law.holds 5 (Input.pair Input.seed (Input.list 12 12 coefficient)) (fun (seed, coefficients) ->
        let c = coefficients |> Seq.map (fun (size, sign) -> size * sign) |> Array.ofSeq
        let plan = plan (options 12 10 1000 100) seed 1 (fun step action _ _ -> action.select(1L, 0L).mul c[step])
        Array.iter2 (fun c mean -> require (mean * float (sign c) >= 0.9) $"{c} led to {mean}") c (numbers plan.Mean))

    // Seen to fail when all returns were multiplied by 0, so that the order decided the elites.
    "property 35: the fit does not depend on the order of candidates, and ties go to any tied candidate"
    |> Law.holds 60 candidates (fun (seed, (count, elites)) ->
        let elites = 1 + elites % count
        let actions = gaussian f32 seed [ 3L; 2L; int64 count; 2L ]
        let returns = gaussian f32 (seed + 1uL) [ 2L; int64 count ]
        use generator = new torch.Generator(seed)
        let order = torch.randperm (int64 count, dtype = torch.ScalarType.Int64, generator = generator)
        let struct (mean, stddev, _) = CrossEntropyMethod.Fit(actions, returns, elites)
        let struct (mean', stddev', _) = CrossEntropyMethod.Fit(actions.index_select (2L, order), returns.index_select (1L, order), elites)
        requireAllNear "mean" 1e-5 (numbers mean) (numbers mean')
        requireAllNear "deviation" 1e-5 (numbers stddev) (numbers stddev')

        // Rounded returns tie often.
        let tied = returnsOf seed count |> Array.map Math.Round
        let chosen = elitesOf tied elites
        let among inside = Array.zip chosen tied |> Array.filter (fun (c, _) -> c = inside) |> Array.map snd
        require ((among true).Length = elites) $"{(among true).Length} elites instead of {elites}"
        require (elites = count || Array.min (among true) >= Array.max (among false)) "a worse candidate went before a better one")

    // Seen to fail when the variance was the unbiased one, and when its floor was 0.
    "property 36: the fit is the elites' mean and population deviation"
    |> Law.holds 60 candidates (fun (seed, (count, elites)) ->
        let actions = gaussian f64 seed [ 3L; 1L; int64 count; 2L ]
        let returns = returnsOf (seed + 1uL) count

        let reference elites =
            let best = returns |> Array.indexed |> Array.sortByDescending snd |> Array.truncate elites |> Array.map fst
            let rows = numbers actions |> Array.chunkBySize (2 * count)

            [| for row in rows do
                   for dimension in 0..1 do
                       let values = best |> Array.map (fun j -> row[2 * j + dimension])
                       let mean = Array.average values
                       mean, sqrt (Array.averageBy (fun v -> (v - mean) ** 2.0) values + 1e-6) |]

        for elites in [ 1 + elites % count; count; 1 ] do
            let struct (mean, stddev, _) = CrossEntropyMethod.Fit(actions, (vector returns).unsqueeze 0L, elites)
            let expected = reference elites
            requireAllNear $"mean of {elites}" 1e-5 (Array.map fst expected) (numbers mean)
            requireAllNear $"deviation of {elites}" 1e-8 (Array.map snd expected) (numbers stddev)
            require (numbers stddev |> Array.forall (fun s -> s >= 1e-3 * (1.0 - 1e-9))) "a deviation below 0.001")

    // Seen to fail when returns were clipped to [-100, 100] before ranking.
    "property 37: scaling and shifting the returns leaves the elites as they are"
    |> Law.holds 60 (Input.triple candidates (Input.real 1e-3 1e3) (Input.real -1e3 1e3)) (fun ((seed, (count, elites)), scale, shift) ->
        let elites = 1 + elites % count
        let returns = returnsOf seed count
        let scale = max scale 1e-3
        require (elitesOf returns elites = elitesOf (returns |> Array.map (fun r -> scale * r + shift)) elites) "the elites changed")

    let inputs = Input.triple Input.seed (Input.integer 1 6) (Input.integer 1 3)

    // Seen to fail when the search began at 0.7.
    "property 38: without iterations the plan is zero, and without preferences it stays near zero"
    |> Law.holds 10 inputs (fun (seed, horizon, actionSize) ->
        let constant _ (action: Tensor) _ _ = (action.select (1L, 0L)).mul 0.0
        let none = plan (options horizon 0 1000 100) seed actionSize (quadratic actionSize (Array.create (horizon * actionSize) 0.7))
        require (none.Mean.shape = [| 1L; int64 horizon; int64 actionSize |]) "one action a step"
        require (numbers none.Mean |> Array.forall (fun x -> x = 0.0)) "not zero"
        let flat = plan (options horizon 1 1000 100) seed actionSize constant
        require (numbers flat.Mean |> Array.forall (fun x -> abs x <= 0.5)) $"{List.ofArray (numbers flat.Mean)}")

    let inputs = Input.quadruple Input.seed (Input.integer 2 4) (Input.integer 1 4) (Input.integer 1 3)

    // Seen to fail when states were tiled in the order (candidate, agent), the bug of the original code.
    "property 39: planning for several agents at once is planning for each alone"
    |> Law.holds 25 inputs (fun (seed, agents, horizon, actionSize) ->
        // The state of every agent holds its own target, and the dynamics are noisy.
        let score step (action: Tensor) (noise: Tensor) (own: Tensor) =
            let target = own.narrow (1L, int64 (step * actionSize), actionSize)
            (action - target).square().sum(1L).neg () + (noise.select (1L, 0L)).mul 0.1

        let dynamics = Mock(actionSize, score)
        let own = (uniform f64 (seed + 1uL) [ agents; int64 (horizon * actionSize) ]).mul(2.0).sub 1.0
        let states = torch.cat ([| torch.zeros ([| int64 agents; 2L |], dtype = f64); own |], 1L)
        let planner = CrossEntropyMethod(options horizon 4 60 6)
        use together = new SharedNoise(seed, agents, None)
        let all = planner.Plan(dynamics, states, together)

        for agent in 0 .. agents - 1 do
            use alone = new SharedNoise(seed, agents, Some agent)
            let one = planner.Plan(dynamics, states.narrow (0L, agent, 1L), alone)
            requireAllNear $"agent {agent}'s means" 1e-9 (numbers one.Mean) (numbers (all.Mean.select (0L, agent)))
            requireAllNear $"agent {agent}'s deviations" 1e-9 (numbers one.Stddev) (numbers (all.Stddev.select (0L, agent)))
            requireAllNear $"agent {agent}'s return" 1e-9 (numbers one.Return) (numbers (all.Return.narrow (0L, agent, 1L))))

    // Seen to fail when Plan wrote to the agent's state, and when the dynamics decoded an image for a reward.
    "property 40: planning needs neither encoder nor decoder and leaves the agent's state as it was"
    |> Law.holds 20 (Input.triple Input.seed Small.sizes (Input.integer 1 3)) (fun (seed, sizes, agents) ->
        use model = Small.model f32 seed 2 sizes
        (nonNull model.Encoder).Dispose()
        (nonNull model.Decoder).Dispose()
        let state = gaussian f32 seed [ agents; model.Dynamics.FeatureSize ]
        let before = state.clone ()
        use generator = new torch.Generator(seed)
        let plan = CrossEntropyMethod(options 3 2 20 4).Plan(WorldModelDynamics model, state, GeneratorNoise generator)
        require (numbers plan.Mean |> Array.forall Double.IsFinite) "not a plan"
        requireEqual "the state" before state
        let decode () = (nonNull model.Decoder).forward state |> ignore
        Expect.throws decode "a disposed decoder still decodes")

    let bad = [ Double.NaN; Double.PositiveInfinity; Double.NegativeInfinity ]

    // Seen to fail when returns were ranked as they came, NaN included.
    "property 41: candidates without a finite return never become elites"
    |> Law.holds 80 (Input.pair candidates (Input.real 0.0 1.0)) (fun ((seed, (count, elites)), share) ->
        let elites = 1 + elites % count
        let lost = uniform f64 (seed + 1uL) [ int64 count ] |> numbers |> Array.map (fun u -> u < share)
        let returns = returnsOf seed count |> Array.mapi (fun j r -> if lost[j] then bad[j % 3] else r)
        let finite = returns |> Array.indexed |> Array.filter (fun (_, r) -> Double.IsFinite r)
        let expected = finite |> Array.sortByDescending snd |> Array.truncate elites |> Array.map fst
        let mean, reached = whichAreElites returns elites

        mean
        |> Array.iteri (fun j weight ->
            let share = if Array.contains j expected then 1.0 / float expected.Length else 0.0
            requireNear $"the share of candidate {j}" 1e-12 share weight)

        require (Double.IsNaN reached = Array.isEmpty finite) $"the return is {reached}"

        // In a whole search: actions above zero have NaN returns and are never planned.
        let halfLost _ (action: Tensor) _ _ =
            let first = action.select (1L, 0L)
            first.masked_fill (first.gt 0.0, Double.NaN)

        let below = plan (options 2 3 50 5) seed 1 halfLost
        require (numbers below.Mean |> Array.forall (fun x -> x <= 0.0)) $"{List.ofArray (numbers below.Mean)}"
        let nothing = plan (options 2 3 50 5) seed 1 (fun _ action _ _ -> (action.select (1L, 0L)).mul Double.NaN)
        require (numbers nothing.Mean |> Array.forall (fun x -> x = 0.0)) "all returns are NaN, but the plan is not zero"
        require (Double.IsNaN(number nothing.Return)) "all returns are NaN, but the plan reports a return")
]
