namespace Prism.Gateway.Storage;

/// <summary>What requests do while the storage is unavailable. Bound from <c>Prism:Storage</c>.</summary>
public sealed class StorageOptions
{
    /// <summary>The longest wait for the storage before a request is rejected with 503. Default: 2.5 s.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(2.5);
}
