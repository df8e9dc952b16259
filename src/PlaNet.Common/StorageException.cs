namespace PlaNet.Common;

/// <summary>Why something could not be written.</summary>
public enum StorageProblem
{
    /// <summary>The disk, or the quota on it, is full.</summary>
    Full,

    /// <summary>The file system is read-only.</summary>
    ReadOnly,

    /// <summary>Permissions do not allow it.</summary>
    Denied,

    /// <summary>Anything else: the cause says what.</summary>
    Other,
}

/// <summary>The disk refused to take something. What was there before is untouched; the message names the place, the cause and the remedy.</summary>
public sealed class StorageException : IOException
{
    private StorageException(StorageProblem problem, string message, Exception cause)
        : base(message, cause)
    {
        Problem = problem;
        HResult = cause.HResult;
    }

    /// <summary>Why.</summary>
    public StorageProblem Problem { get; }

    /// <summary>What a failure to write means; one that was told apart already is returned as it is.</summary>
    /// <param name="path">The file or folder.</param>
    /// <param name="cause">An <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/>.</param>
    public static StorageException Of(string path, Exception cause)
    {
        ArgumentNullException.ThrowIfNull(cause);
        if (cause is StorageException known)
        {
            return known;
        }

        var problem = ProblemOf(cause);
        var message = problem switch
        {
            StorageProblem.Full =>
                $"The disk is full: could not write {path} ({cause.Message}) What was saved before is whole. Free some space or raise the quota; `df -h` shows both.",
            StorageProblem.ReadOnly =>
                $"The file system is read-only: could not write {path} ({cause.Message}) Mount it for writing, or use another place.",
            StorageProblem.Denied =>
                $"Permission denied: could not write {path} ({cause.Message}) Change the permissions of the folder, or use another place.",
            _ => $"Could not write {path}: {cause.Message} Check that the folder exists and may be written to.",
        };
        return new StorageException(problem, message, cause);
    }

    // The runtime hands the system's own error numbers on.
    private static StorageProblem ProblemOf(Exception cause)
    {
        const int NoSpaceLeft = 28;
        const int QuotaOnLinux = 122;
        const int QuotaOnMac = 69;
        const int ReadOnlyFileSystem = 30;
        const int WindowsDiskFull = unchecked((int)0x80070070);
        const int WindowsHandleDiskFull = unchecked((int)0x80070027);
        const int WindowsWriteProtected = unchecked((int)0x80070013);
        return cause switch
        {
            UnauthorizedAccessException => StorageProblem.Denied,
            { HResult: NoSpaceLeft or WindowsDiskFull or WindowsHandleDiskFull } => StorageProblem.Full,
            { HResult: QuotaOnLinux } when OperatingSystem.IsLinux() => StorageProblem.Full,
            { HResult: QuotaOnMac } when OperatingSystem.IsMacOS() => StorageProblem.Full,
            { HResult: ReadOnlyFileSystem or WindowsWriteProtected } => StorageProblem.ReadOnly,
            _ => StorageProblem.Other,
        };
    }
}
