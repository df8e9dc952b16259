namespace PlaNet.Properties

open System
open System.Globalization
open Expecto
open FsCheck
open FsCheck.FSharp
open PlaNet.Experiments
open PlaNet.Loading
open TorchSharp

/// Generators of inputs, with shrinkers that stay inside the ranges.
[<RequireQualifiedAccess>]
module Input =

    let private of' generator shrinker = Arb.fromGenShrink (generator, shrinker)

    /// Integers from low to high, both included; shrinks towards low.
    let integer low high =
        let simpler n = [ low; low + (n - low) / 2; n - 1 ] |> Seq.distinct |> Seq.filter (fun m -> m >= low && m < n)
        of' (Gen.choose (low, high)) simpler

    /// Seeds of pseudo-random numbers; they are not shrunk.
    let seed = of' (Gen.choose (0, 1_000_000) |> Gen.map uint64) (fun _ -> Seq.empty)

    /// Numbers in [low, high); shrinks towards whole numbers, 1 and 0.
    let real (low: float) (high: float) =
        let simpler x =
            if x = 0.0 then []
            elif x = 1.0 then [ 0.0 ]
            elif x = Math.Round x then [ 0.0; 1.0; Math.Truncate(x / 2.0) ]
            else [ 0.0; 1.0; Math.Round x ]

        of'
            (Gen.choose (0, 1 <<< 30) |> Gen.map (fun n -> low + (high - low) * float n / float (1 <<< 30)))
            (fun x -> simpler x |> Seq.filter (fun y -> y >= low && y <= high && y <> x))

    /// One of the given values; shrinks towards the first.
    let oneOf (choices: 'a list) =
        of' (Gen.elements choices) (fun chosen -> choices |> Seq.takeWhile (fun choice -> choice <> chosen))

    let pair (a: Arbitrary<'a>) (b: Arbitrary<'b>) =
        of' (Gen.zip a.Generator b.Generator) (fun (x, y) ->
            Seq.append (a.Shrinker x |> Seq.map (fun x' -> x', y)) (b.Shrinker y |> Seq.map (fun y' -> x, y')))

    let triple a b c =
        Arb.convert (fun (x, (y, z)) -> x, y, z) (fun (x, y, z) -> x, (y, z)) (pair a (pair b c))

    let quadruple a b c d =
        Arb.convert (fun ((x, y), (z, w)) -> x, y, z, w) (fun (x, y, z, w) -> (x, y), (z, w)) (pair (pair a b) (pair c d))

    /// Lists of low to high elements; shrinks by removing elements, then by shrinking single elements.
    let list low high (element: Arbitrary<'a>) =
        let without i items = items |> List.indexed |> List.filter (fun (j, _) -> j <> i) |> List.map snd

        let shorter (items: 'a list) =
            if items.Length = low then
                Seq.empty
            else
                Seq.append
                    (if items.Length / 2 >= low then Seq.singleton (List.truncate (items.Length / 2) items) else Seq.empty)
                    (Seq.init items.Length (fun i -> without i items))

        let simpler (items: 'a list) =
            items
            |> Seq.indexed
            |> Seq.collect (fun (i, item) -> element.Shrinker item |> Seq.map (fun other -> List.updateAt i other items))

        of'
            (Gen.choose (low, high) |> Gen.bind (fun length -> Gen.listOfLength length element.Generator))
            (fun items -> Seq.append (shorter items) (simpler items))

/// Checks laws on a fixed number of cases from a fixed seed, so that every run checks the same cases.
module Law =

    /// The seed of all cases. PLANET_LAW_SEED=7 (any whole number) selects other cases.
    let seed =
        match Environment.GetEnvironmentVariable "PLANET_LAW_SEED" with
        | null
        | "" -> 20190604uL
        | given -> UInt64.Parse(given, CultureInfo.InvariantCulture)

    /// A test of a law on a number of cases. A law throws if it does not hold. Tensors are freed after each case. A failure reports the
    /// original and the shrunk case.
    let holds cases (inputs: Arbitrary<'a>) (law: 'a -> unit) name =
        let config = { FsCheckConfig.defaultConfig with maxTest = cases; replay = Some(seed, 1uL, None) }

        let inScope input =
            use _ = torch.NewDisposeScope()
            law input

        testPropertyWithConfig config name (Prop.forAll inputs inScope)

/// The command line of a test program of laws.
module Laws =

    let private usage =
        "usage: [--law NUMBER] [--filter TEXT], and the options of Expecto (--help):\n\
         --law 23       the laws whose name begins with `property 23:`\n\
         --filter TEXT  the laws whose name, `File.name`, has this text in it"

    /// The first value of an option, and the remaining words.
    let rec private take option (words: string list) =
        match words with
        | word :: value :: rest when word = option -> Ok(Some value, rest)
        | [ word ] when word = option -> Error $"{option} needs a value"
        | word :: rest when word.StartsWith(option + "=", StringComparison.Ordinal) -> Ok(Some(word.Substring(option.Length + 1)), rest)
        | word :: rest -> take option rest |> Result.map (fun (value, others) -> value, word :: others)
        | [] -> Ok(None, [])

    let private read words =
        match take "--law" words with
        | Error problem -> Error problem
        | Ok(law, rest) ->
            match law, take "--filter" rest with
            | _, Error problem -> Error problem
            | Some number, _ when not (fst (Int32.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture))) ->
                Error $"--law takes a number, not `{number}`"
            | _, Ok(text, others) -> Ok(law, text, others)

    let private isChosen law text (path: string list) =
        let isLaw (number: string) = (List.last path).StartsWith($"property {number}:", StringComparison.Ordinal)
        let hasText (text: string) = (String.concat "." path).Contains(text, StringComparison.OrdinalIgnoreCase)
        Option.forall isLaw law && Option.forall hasText text

    /// The command that repeats a test with this program.
    let private repeating (name: string) =
        let program = Environment.GetCommandLineArgs()[0]
        let quoted (text: string) = "'" + text.Replace("'", "'\\''") + "'"
        $"PLANET_LAW_SEED={Law.seed} dotnet {quoted program} --filter {quoted name}"

    /// Replaces the advice of Expecto.FsCheck to edit the source with a command that repeats the case.
    let private printer =
        let usual = Impl.TestPrinters.defaultPrinter
        let withCommand name (message: string) =
            let advice = message.IndexOf("Focus on error:", StringComparison.Ordinal)
            let found = if advice < 0 then message.TrimEnd() else message.Substring(0, advice).TrimEnd()
            $"{found}\nRepeat it with:\n\t{repeating name}"

        { usual with
            failed = fun name message duration -> usual.failed name (withCommand name message) duration
            exn = fun name problem duration -> usual.failed name (withCommand name (string problem)) duration }

    /// Runs the tests that the words select. Exit code: 0 if all pass, 1 if some fail, 2 for a usage error or an empty selection.
    let run (tests: Test list) (words: string array) =
        let refuse (problem: string) =
            eprintfn $"{problem}"
            2

        let all = TestList(tests, Normal)

        match read (List.ofArray words) with
        | Error problem -> refuse $"{problem}\n{usage}"
        | Ok(law, text, others) ->
            let chosen = all |> Test.filter "." (isChosen law text)

            if Test.toTestCodeList chosen |> Seq.isEmpty then
                let asked = [ Option.map (sprintf "law %s") law; Option.map (sprintf "text `%s`") text ] |> List.choose id
                refuse $"""no test of this program has {String.concat " and " asked} in its name; --list-tests shows the names"""
            else
                // Loads libtorch before the first law: a law that used a tensor before PlaNet.Agent is loaded would make TorchSharp look
                // for the library itself and fail. One thread per operator, because the laws run in parallel.
                TorchRuntime.Configure(ComputeOptions(Threads = 1, NativeKernels = false))
                let plain = if Console.IsOutputRedirected then [ CLIArguments.Colours 0; CLIArguments.No_Spinner ] else []
                let settings = CLIArguments.Printer printer :: plain
                if runTestsWithCLIArgs settings (Array.ofList others) chosen = 0 then 0 else 1
