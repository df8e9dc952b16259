/// Laws of discrete actions: the cross-entropy method over choices, and agents that choose.
module PlaNet.Properties.Choices

open System
open Expecto
open PlaNet
open PlaNet.Common
open PlaNet.Environments
open PlaNet.Experiments
open PlaNet.Planning
open PlaNet.Properties.AgentAndData
open PlaNet.Properties.Planner
open PlaNet.Runs.Playing
open TorchSharp

let private search options (dynamics: ILatentDynamics) (states: Tensor) noise =
    (Planners.Create(options, true)).Plan(dynamics, states, noise)

let private planFor options seed choices score =
    use noise = new SharedNoise(seed, 1, None)
    search options (Mock(choices, score)) (oneState ()) noise

/// The reward of a choice in a step, of a table [horizon][choices].
let private paying (table: float[][]) =
    let rows = table |> Array.map vector
    fun step (action: Tensor) _ _ -> (action * rows[step]).sum 1L

let private oneHot choices choice = Array.init choices (fun i -> if i = choice then 1.0 else 0.0)

let private requireOneHot what (row: float[]) =
    require (Array.sum row = 1.0 && row |> Array.forall (fun x -> x = 0.0 || x = 1.0)) $"{what} is {List.ofArray row}"

let private chosen (row: float[]) = Array.findIndex (fun x -> x = 1.0) row

/// One-hot rows of a choice each, as a tensor [n, choices].
let private rows choices (picks: int[]) =
    (vector (picks |> Array.collect (oneHot choices))).view (int64 picks.Length, int64 choices)

/// The fit by its formula: probabilities, most probable choice, and return, of one step's picks.
let private reference choices (picks: int[]) (returns: float[]) elites =
    let best =
        Array.zip picks returns |> Array.filter (snd >> Double.IsFinite) |> Array.sortByDescending snd |> Array.truncate elites

    let count choice = best |> Array.filter (fun (pick, _) -> pick = choice) |> Array.length
    let n, k = float choices, float best.Length
    let probabilities = Array.init choices (fun choice -> (float (count choice) + 1.0 / n) / (k + 1.0))
    let first choice = best |> Array.tryFindIndex (fun (pick, _) -> pick = choice) |> Option.defaultValue best.Length
    let mode = [| 0 .. choices - 1 |] |> Array.sortBy (fun choice -> -(count choice), first choice) |> Array.head
    probabilities, mode, (if best.Length = 0 then nan else best |> Array.averageBy snd)

/// Counts how often each choice is tried in each step, [horizon][choices], in every evaluation.
type private Watching(inner: ILatentDynamics) =
    member val Tried = ResizeArray<int[]>()

    interface ILatentDynamics with
        member _.ActionSize = inner.ActionSize
        member _.NoiseSize = inner.NoiseSize
        member _.Continuation = inner.Continuation

        member this.Transition(state, action, noise) =
            this.Tried.Add(action.sum 0L |> numbers |> Array.map int)
            inner.Transition(state, action, noise)

        member _.Reward state = inner.Reward state

/// A world of choices; it refuses every action that is not one-hot.
let private choosing (world: World) choices =
    let inner: IEnvironment = world
    let spec = EnvironmentSpec("world", ActionSpec.Discrete choices, inner.Spec.Image, [||], inner.Spec.ControlSteps)

    { new IEnvironment with
        member _.Spec = spec
        member _.Reset seed = inner.Reset seed

        member _.Step action =
            spec.Action.Check("world", action)
            inner.Step action

        member _.Dispose() = () }

let tests = testList "Choices" [

    let table = Input.pair (Input.integer 2 6) (Input.list 1 6 (Input.pair (Input.integer 0 5) (Input.list 6 6 (Input.real -1.0 0.5))))

    // Seen to fail when the worst candidates were the elites, and when every step was fitted to the picks of the first.
    "property 53: the search over choices finds the best sequence of a known reward, and is certain of it"
    |> Law.holds 20 (Input.pair Input.seed table) (fun (seed, (choices, steps)) ->
        let best = steps |> Seq.map (fun (winner, _) -> winner % choices) |> Array.ofSeq

        let table =
            [| for (_, others), winner in Seq.zip steps best ->
                   others |> Seq.truncate choices |> Seq.mapi (fun i reward -> if i = winner then 1.0 else reward) |> Array.ofSeq |]

        let plan = planFor (options table.Length 10 300 30) seed choices (paying table)
        let found = numbers plan.Actions |> Array.chunkBySize choices
        let probabilities = numbers plan.Mean |> Array.chunkBySize choices

        for step in 0 .. table.Length - 1 do
            requireOneHot $"the choice of step {step}" found[step]
            require (chosen found[step] = best[step]) $"step {step}: {chosen found[step]} instead of {best[step]}"
            require (probabilities[step][best[step]] >= 0.9) $"step {step}: only {probabilities[step][best[step]]}")

    // Seen to fail when probabilities were averaged over the horizon before they were used, when each choice was one too high, and when
    // one normal number served for all candidates.
    "property 54: candidates are one-hot, and choices are as frequent as they are probable"
    |> Law.holds 10 (Input.triple Input.seed (Input.integer 2 5) (Input.integer 1 4)) (fun (seed, choices, horizon) ->
        let table = gaussian f64 seed [ int64 horizon; int64 choices ] |> numbers |> Array.chunkBySize choices
        let candidates = 4000

        // The second iteration samples from what a search of one iteration, with the same noise, ends with.
        let first = planFor (options horizon 1 candidates 50) seed choices (paying table)
        use noise = new SharedNoise(seed, 1, None)
        let watching = Watching(Mock(choices, paying table))
        search (options horizon 2 candidates 50) watching (oneState ()) noise |> ignore
        let probabilities = numbers first.Mean |> Array.chunkBySize choices

        for step in 0 .. horizon - 1 do
            for tried in [ watching.Tried[step]; watching.Tried[horizon + step] ] do
                require (Array.sum tried = candidates) $"{Array.sum tried} choices of {candidates} candidates"

            requireUniform $"iteration 1, step {step}" watching.Tried[step]
            requireDistributed $"iteration 2, step {step}" probabilities[step] watching.Tried[horizon + step])

    let fits = Input.quadruple Input.seed (Input.integer 2 6) candidates (Input.real 0.0 1.0)

    // Seen to fail without the elite that chooses all equally, when lost candidates counted as elites, and when the first of equally
    // frequent choices was taken.
    "property 55: the fit is the elites' smoothed frequencies, and its choice the most frequent, of equals that of the best elite"
    |> Law.holds 100 fits (fun (seed, choices, (_, (count, elites)), share) ->
        let elites = 1 + elites % count
        let draw offset = uniform f64 (seed + offset) [ int64 count ] |> numbers
        let picks step = draw (1uL + uint64 step) |> Array.map (fun u -> int (u * float choices))
        let bad = [ Double.NaN; Double.PositiveInfinity; Double.NegativeInfinity ]
        let lost = draw 9uL |> Array.map (fun u -> u < share - 0.3)
        let returns = returnsOf seed count |> Array.mapi (fun j r -> if lost[j] then bad[j % 3] else r)
        let horizon = 3
        let actions = torch.stack ([| for step in 0 .. horizon - 1 -> rows choices (picks step) |], 0L)

        let struct (probabilities, modes, reached) =
            CategoricalCrossEntropyMethod.Fit(actions.unsqueeze 1L, (vector returns).unsqueeze 0L, elites)

        for step in 0 .. horizon - 1 do
            let expected, mode, mean = reference choices (picks step) returns elites
            let actual = numbers (probabilities.select (0L, int64 step))
            requireAllNear $"the probabilities of step {step}" 1e-12 expected actual
            require (numbers (modes.select (0L, int64 step)) = oneHot choices mode) $"step {step}: not choice {mode}"
            require (Double.IsNaN mean = Double.IsNaN(number reached)) "a return of no elites"
            if not (Double.IsNaN mean) then requireNear "the return" 1e-12 mean (number reached))

    let planned =
        Input.quadruple
            (Input.pair Input.seed (Input.oneOf [ PlannerMethod.Cem; PlannerMethod.RandomShooting ]))
            (Input.pair (Input.integer 2 9) (Input.integer 1 4))
            (Input.integer 0 4)
            (Input.pair (Input.integer 1 20) (Input.real -2.0 2.0))

    // Seen to fail when no elite chose all equally, so that a choice was lost, and when the smoothing was not divided by the elites.
    "property 56: probabilities are positive and sum to 1, choices are one-hot, whatever the returns; without any, all are equal"
    |> Law.holds 60 planned (fun ((seed, method), (choices, horizon), iterations, (elites, threshold)) ->
        let options =
            PlannerOptions(
                Method = method, Horizon = horizon, Iterations = iterations, Candidates = elites + 30, Elites = elites,
                Stddev = PlannerStddev.Mad, Clip = false
            )

        let luck _ (action: Tensor) (noise: Tensor) _ =
            let luck = noise.select (1L, 0L)
            luck.masked_fill (luck.gt threshold, Double.NaN)

        for score, isLost in [ luck, iterations = 0; (fun _ _ (noise: Tensor) _ -> (noise.select (1L, 0L)).mul Double.NaN), true ] do
            let plan = planFor options seed choices score
            require (plan.Mean.shape = [| 1L; int64 horizon; int64 choices |]) $"%A{plan.Mean.shape}"
            let least = 1.0 / float choices / float (elites + 1)

            for row in numbers plan.Mean |> Array.chunkBySize choices do
                requireNear "the sum" 1e-12 1.0 (Array.sum row)
                require (row |> Array.forall (fun p -> p >= least * (1.0 - 1e-12) && p < 1.0)) $"{List.ofArray row}"
                if isLost then requireAllNear "without returns" 1e-12 (Array.create choices (1.0 / float choices)) row

            for row in numbers plan.Actions |> Array.chunkBySize choices do
                requireOneHot "a choice" row
                require (not isLost || row[0] = 1.0) "without returns the first choice is to be taken"

            let spread = numbers plan.Mean |> Array.map (fun p -> sqrt (p * (1.0 - p)))
            requireAllNear "the deviation" 1e-12 spread (numbers plan.Stddev)
            require (not isLost || Double.IsNaN(number plan.Return)) "a return of no candidates")

    // Seen to fail when the first of equally frequent choices was taken, and when the elites of the first agent were those of all.
    "property 57: with a constant reward every choice wins equally often"
    |> Law.holds 12 (Input.quadruple Input.seed (Input.integer 2 5) (Input.integer 1 4) (Input.integer 1 3)) (fun (seed, choices, elites, iterations) ->
        let agents = 3000
        use noise = new SharedNoise(seed, agents, None)
        let states = torch.zeros ([| int64 agents; 2L |], dtype = f64)
        let constant _ (action: Tensor) _ _ = (action.select (1L, 0L)).mul 0.0
        let plan = search (options 2 iterations 8 elites) (Mock(choices, constant)) states noise

        for step in 0L .. 1L do
            let won = (plan.Actions.select (1L, step)).sum 0L |> numbers |> Array.map int
            require (Array.sum won = agents) "not one choice for each agent"
            requireUniform $"winners of step {step}" won)

    let together = Input.quadruple Input.seed (Input.integer 2 4) (Input.integer 1 4) (Input.integer 2 4)

    // Seen to fail when the elites of the first agent were those of all, and when the planner kept its last probabilities.
    "property 58: equal seeds give equal plans, and planning for several agents is planning for each alone"
    |> Law.holds 25 together (fun (seed, agents, horizon, choices) ->
        // The state of every agent holds its own table of rewards.
        let score step (action: Tensor) (noise: Tensor) (own: Tensor) =
            let table = own.narrow (1L, int64 (step * choices), int64 choices)
            (action * table).sum(1L) + (noise.select (1L, 0L)).mul 0.1

        let dynamics = Mock(choices, score)
        let own = gaussian f64 (seed + 1uL) [ int64 agents; int64 (horizon * choices) ]
        let states = torch.cat ([| torch.zeros ([| int64 agents; 2L |], dtype = f64); own |], 1L)
        let planner = Planners.Create(options horizon 4 60 6, true)

        let decide (states: Tensor) only =
            use noise = new SharedNoise(seed, agents, only)
            planner.Plan(dynamics, states, noise)

        let all = decide states None
        let again = decide states None
        requireEqual "the choices" all.Actions again.Actions
        requireEqual "the probabilities" all.Mean again.Mean
        requireEqual "the return" all.Return again.Return

        for agent in 0 .. agents - 1 do
            let one = decide (states.narrow (0L, agent, 1L)) (Some agent)
            requireAllNear $"agent {agent}'s choices" 0.0 (numbers one.Actions) (numbers (all.Actions.select (0L, agent)))
            requireAllNear $"agent {agent}'s probabilities" 1e-12 (numbers one.Mean) (numbers (all.Mean.select (0L, agent)))
            requireAllNear $"agent {agent}'s return" 1e-9 (numbers one.Return) (numbers (all.Return.narrow (0L, agent, 1L))))

    let played = Input.quadruple Input.seed (Input.integer 1 6) (Input.integer 2 5) (Input.oneOf [ 0.0; 0.5; 1.0; 3.0 ])

    // Seen to fail when exploration added normal noise, when the agent remembered its plan instead of the explored choice, and when
    // exploration drew from another generator.
    "property 59: the recorded actions are one-hot and those that were sent; equal seeds give equal episodes"
    |> Law.holds 20 played (fun (seed, decisions, choices, exploration) ->
        use model = Small.model f32 seed choices (3, 6, 6)
        let options = PlannerOptions(Horizon = 3, Iterations = 2, Candidates = 40, Elites = 4)

        let play () =
            use world = new World(decisions, choices, None)
            use agent = new Agent(model, options, 1, torch.CPU, exploration, seed, true)
            let episode = record (choosing world choices) seed agent
            let stored = [ for step in 1 .. episode.Steps -> action episode step ]
            require (List.ofSeq world.Received = stored) "sent and stored actions differ"
            require (action episode 0 |> Array.forall (fun a -> a = 0f)) "row 0 is not zero"
            for row in stored do requireOneHot "a recorded action" (row |> Array.map float)
            episode

        let episode = play ()
        require ((play ()).Action = episode.Action) "equal seeds gave other actions"

        // The filter gets the choices that were sent: with them, a replay makes the same decisions.
        use generator = new torch.Generator(seed)
        let planner = Planners.Create(options, true)
        let mutable state = model.Dynamics.InitialState 1L

        for step in 0 .. episode.Steps - 1 do
            let bytes = episode.ImageShape.Bytes
            let pixels = (torch.tensor episode.Image[step * bytes .. (step + 1) * bytes - 1]).view (1L, 64L, 64L, 3L)
            let dither = Models.ImagePreprocessing.Dither(pixels.shape, generator)
            let seen = Models.ImagePreprocessing.Preprocess(pixels, model.Options.ImageBits, dither).permute (0L, 3L, 1L, 2L)
            let noise = torch.randn ([| 1L; model.Dynamics.StochasticSize |], generator = generator)
            let before = (torch.tensor (action episode step)).view (1L, int64 choices)
            state <- model.Dynamics.Posterior(state, before, (nonNull model.Encoder).forward seen, noise)
            let plan = planner.Plan(WorldModelDynamics model, WorldModelDynamics.State state, GeneratorNoise generator)
            let planned = chosen (numbers (plan.Actions.select (1L, 0L)))

            let decided =
                if exploration = 0.0 then
                    planned
                else
                    let luck = torch.rand ([| 1L; 1L |], generator = generator) |> numbers
                    let drawn = torch.rand ([| 1L; int64 choices |], generator = generator) |> numbers
                    if luck[0] < exploration then Array.IndexOf(drawn, Array.max drawn) else planned

            require (chosen (action episode (step + 1) |> Array.map float) = decided) $"decision {step} is not choice {decided}")

    let explored = Input.triple Input.seed (Input.integer 2 5) (Input.real 0.0 1.0)

    // Seen to fail when a random choice was never the planned one, and when the probability was that of keeping the plan.
    "property 59: exploration replaces a choice with the given probability by a uniformly random one; so do the seed episodes, always"
    |> Law.holds 6 explored (fun (seed, choices, exploration) ->
        let agents, decisions = 40, 25
        use model = Small.model f32 seed choices (2, 4, 4)
        let options = PlannerOptions(Horizon = 1, Iterations = 0, Candidates = 1, Elites = 1)
        use agent = new Agent(model, options, agents, torch.CPU, exploration, seed, true)
        let percepts = Array.create agents (Percept(Array.zeroCreate<byte> (64 * 64 * 3), [||]))
        let counted (decide: unit -> float32[][]) =
            let picks = [| for _ in 1..decisions do yield! decide () |> Array.map (Array.map float >> chosen) |]
            Array.init choices (fun choice -> picks |> Array.filter ((=) choice) |> Array.length)

        // Without iterations the plan is the first choice.
        let probability choice = exploration / float choices + (if choice = 0 then 1.0 - exploration else 0.0)
        let counts = counted (fun () -> agent.Act percepts)
        if exploration > 0.02 then requireDistributed "exploration" (Array.init choices probability) counts
        let streams = [| for i in 1..agents -> RandomStream.Fork(seed, "actions", uint64 i) |]
        use random = new RandomPolicy(ActionSpec.Discrete choices, streams)
        requireUniform "random choices" (counted (fun () -> random.Act percepts)))
]
