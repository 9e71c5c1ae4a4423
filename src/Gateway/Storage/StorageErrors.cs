using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Interfaces.Cluster;

namespace Prism.Gateway.Storage;

/// <summary>What is said where a request needs what is stored, and that cannot be had.</summary>
internal static class StorageErrors
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(2);

    /// <summary>It was asked for and did not come: this silo's storage, or the silo that has it, does not answer.</summary>
    public static ChatError NoAnswer { get; } = Create("Prism's storage does not answer.");

    /// <summary>The storage is known to be of no use.</summary>
    public static ChatError Of(StorageStatus storage) => storage.Problem switch
    {
        StorageProblems.Full => Create("Prism's storage is full."),
        StorageProblems.ReadOnly => Create("Prism's storage takes no writes."),
        StorageProblems.Refused => Create("Prism's storage refuses this service."),
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
