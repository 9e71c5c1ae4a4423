namespace Prism.Gateway.Storage;

/// <summary>What a request does where the storage is away. Bound from <c>Prism:Storage</c>.</summary>
public sealed class StorageOptions
{
    /// <summary>The longest wait for what is stored, before a request is refused with 503. Default: 2.5 s.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(2.5);
}
