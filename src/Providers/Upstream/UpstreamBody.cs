using System.Net;
using System.Net.Mime;
using Prism.Grains.Interfaces.Memory;

namespace Prism.Providers.Upstream;

/// <summary>
/// The body of a request. Its memory returns to the pool after its last user. That may be after the exchange: a server may answer, or a caller
/// disconnect, while the body is still being sent.
/// </summary>
internal sealed class UpstreamBody : HttpContent
{
    // The creator, and each sender.
    private int _users = 1;
    private int _disposed;

    public UpstreamBody() => Headers.TryAddWithoutValidation("Content-Type", MediaTypeNames.Application.Json);

    /// <summary>The content.</summary>
    public PooledBuffer Json { get; } = new(capacity: 1024);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        Use();
        try
        {
            await stream.WriteAsync(Json.WrittenMemory, cancellationToken);
        }
        finally
        {
            Release();
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = Json.Length;
        return true;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            Release();
        }

        base.Dispose(disposing);
    }

    private void Use()
    {
        int users;
        do
        {
            users = Volatile.Read(ref _users);
            ObjectDisposedException.ThrowIf(users == 0, this);
        }
        while (Interlocked.CompareExchange(ref _users, users + 1, users) != users);
    }

    private void Release()
    {
        if (Interlocked.Decrement(ref _users) == 0)
        {
            Json.Dispose();
        }
    }
}
