using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Interfaces.Cluster;

namespace Prism.Gateway.Storage;

/// <summary>The errors for requests that need the storage while it is unavailable.</summary>
internal static class StorageErrors
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(2);

    /// <summary>The storage, or the silo that has the data, did not respond.</summary>
    public static ChatError NoAnswer { get; } = Create("Prism's storage does not respond.");

    /// <summary>The error for a known problem of the storage.</summary>
    public static ChatError Of(StorageStatus storage) => storage.Problem switch
    {
        StorageProblems.Full => Create("Prism's storage is full."),
        StorageProblems.ReadOnly => Create("Prism's storage is read-only."),
        StorageProblems.Refused => Create("Prism's storage rejects the credentials of this service."),
        _ => Create("Prism's storage cannot be reached."),
    };

    private static ChatError Create(string what) => new()
    {
        Kind = ChatErrorKind.Overloaded,
        Message = what + " Please retry; an Idempotency-Key makes that safe where the request starts a run.",
        Code = ChatError.NoStorage,
        RetryAfter = RetryAfter,
    };
}
