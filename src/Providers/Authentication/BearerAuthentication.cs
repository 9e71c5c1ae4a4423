namespace Prism.Providers.Authentication;

/// <summary>The key as a bearer token. Self-hosted servers often need no key.</summary>
internal sealed class BearerAuthentication : IAuthentication
{
    public ValueTask AuthenticateAsync(
        HttpRequestMessage message, ReadOnlyMemory<byte> body, string? apiKey, CancellationToken cancellationToken)
    {
        if (apiKey is not null)
        {
            message.Headers.Authorization = new("Bearer", apiKey);
        }

        return ValueTask.CompletedTask;
    }
}
