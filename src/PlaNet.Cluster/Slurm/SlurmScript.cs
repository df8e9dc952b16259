using System.Globalization;

namespace PlaNet.Cluster.Slurm;

/// <summary>Writes the script by which <c>sbatch</c> starts a job array of nodes.</summary>
public static class SlurmScript
{
    // Slurm sends USR1 to the script alone, and TERM to all its processes when the job is cancelled or pre-empted. A second signal would
    // end a node at once, so only the first is passed on. `wait` returns early when a trap runs, and knows nothing of a node it has told of.
    private const string Body = """
        set -u

        if [[ -z ${SLURM_ARRAY_JOB_ID-} || -z ${SLURM_ARRAY_TASK_ID-} ]]; then
            echo "This script is for Slurm: submit it with sbatch." >&2
            exit 2
        fi
        task="${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID"

        say() { echo "$(date +%FT%T) $task: $*"; }

        # Near the time limit: the node stops its runs, which save themselves, and gives them back to the coordinator.
        near_the_limit() { woken=yes again=yes; say "the time is nearly over"; kill -TERM $(jobs -p); }
        # Cancelled: Slurm has told the node too. Nothing is queued again.
        cancelled() { woken=yes again=; say "told to end"; }

        say "on $(hostname), started again ${SLURM_RESTART_COUNT:-0} time(s)"
        again= code=0
        trap near_the_limit USR1
        trap cancelled TERM
        "${planet[@]}" &
        node=$!

        woken=yes
        while [[ $woken ]]; do
            woken=
            wait "$node"
            status=$?
            ((status == 127)) || code=$status
        done
        say "the node ended with $code"

        # A node that ends by itself leaves nothing to do: it ends with 130 when it was stopped.
        if [[ $again ]] && ((code == 130)); then
            say "to be queued again"
            trap '' TERM
            scontrol requeue "$task" && exit 0
            say "scontrol could not queue this task again: submit the script again, nothing is lost" >&2
        fi
        exit "$code"

        """;

    // Others reach a task by its machine's name. Where the coordinator is reached on this machine only, so are its nodes.
    private const string Bind = """
        --bind "$(hostname):0"
        """;

    /// <summary>The script. It holds no password.</summary>
    /// <param name="job">The job.</param>
    public static string Of(SlurmJob job)
    {
        ArgumentNullException.ThrowIfNull(job);
        string[] node =
        [
            .. job.Program, "node",
            "--grid", job.Grid,
            "--join", string.Join(',', job.Join),
            "--runs", job.Runs,
            "--workers", Number(Math.Max(1, job.Gpus)),
            "--device", job.Gpus > 0 ? "cuda" : "cpu",
            "--until-done",
            "--rejoin",
            "--wait", Number((int)job.Wait.TotalSeconds),
            .. job.Insecure ? ["--insecure"] : Array.Empty<string>(),
        ];
        var bind = job.Join.All(other => other.IsLoopback) ? "" : " " + Bind;
        string[] lines =
        [
            "#!/usr/bin/env bash",
            $"#SBATCH --job-name=planet-{Plain(job.Grid)}",
            $"#SBATCH --array=1-{Number(job.Tasks)}",
            "#SBATCH --nodes=1",
            "#SBATCH --ntasks=1",
            $"#SBATCH --cpus-per-task={Number(job.Cpus)}",
            .. job.Gpus > 0 ? [$"#SBATCH --gres=gpu:{Number(job.Gpus)}"] : Array.Empty<string>(),
            .. job.Time is { } time ? [$"#SBATCH --time={Clock(time)}"] : Array.Empty<string>(),
            .. job.Partition is { } partition ? [$"#SBATCH --partition={partition}"] : Array.Empty<string>(),
            $"#SBATCH --signal=B:USR1@{Number((int)job.Notice.TotalSeconds)}",
            "#SBATCH --requeue",
            "#SBATCH --open-mode=append",
            "",
            $"planet=({string.Join(' ', node.Select(Quoted))}{bind})",
            Body,
        ];
        return string.Join('\n', lines);
    }

    // Within single quotes nothing has a meaning to a shell but the quote that ends them.
    private static string Quoted(string word) => $"'{word.Replace("'", @"'\''", StringComparison.Ordinal)}'";

    // Slurm reads its own lines without a shell: what stands there is kept simple.
    private static string Plain(string name) => string.Concat(name.Select(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.' ? letter : '-'));

    private static string Clock(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalHours:00}:{time.Minutes:00}:{time.Seconds:00}");

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
