using System.Buffers;

namespace Prism.Providers.Upstream;

/// <summary>
/// One HTTP exchange with a provider, and the clock over it: the wait for the first token and the silences after it are each bounded by
/// <see cref="ProviderOptions.Timeout"/>. A total timeout would cut good long answers, so there is none.
/// </summary>
internal sealed class UpstreamExchange : IDisposable
{
    /// <summary>The most bytes of an answer that is not streamed, and of one event of a stream.</summary>
    internal const int MaxBytes = 32 * 1024 * 1024;

    private readonly HttpMessageInvoker _http;
    private readonly TimeSpan _timeout;
    private readonly TimeProvider _time;
    private readonly CancellationToken _caller;
    private readonly CancellationTokenSource _aborted;
    private readonly ITimer _timer;
    private long _lastActivity;
    private int _bytesOfEvent;
    private HttpResponseMessage? _response;

    public UpstreamExchange(HttpMessageInvoker http, ProviderOptions options, TimeProvider time, CancellationToken caller)
    {
        _http = http;
        _timeout = options.Timeout;
        _time = time;
        _caller = caller;
        _aborted = CancellationTokenSource.CreateLinkedTokenSource(caller);
        _lastActivity = time.GetTimestamp();
        _timer = time.CreateTimer(static state => ((UpstreamExchange)state!).OnTimer(), this, _timeout, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Fires when the caller leaves or the clock runs out.</summary>
    public CancellationToken Aborted => _aborted.Token;

    /// <summary>Whether the caller left: then nobody wants to know what went wrong.</summary>
    public bool CallerLeft => _caller.IsCancellationRequested;

    /// <summary>Whether it was the clock that ended the exchange.</summary>
    public bool TimedOut { get; private set; }

    /// <summary>Whether the provider has sent response headers.</summary>
    public bool Answered => _response is not null;

    /// <summary>Whether a piece of the answer has come.</summary>
    public bool FirstTokenSeen { get; private set; }

    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage message) =>
        _response = await _http.SendAsync(message, _aborted.Token);

    public async Task<Stream> OpenBodyAsync(HttpResponseMessage response) =>
        new WatchedStream(await response.Content.ReadAsStreamAsync(_aborted.Token), this);

    public async Task<ReadOnlyMemory<byte>> ReadBodyAsync(HttpResponseMessage response)
    {
        await using var body = await OpenBodyAsync(response);
        var content = new ArrayBufferWriter<byte>((int)Math.Clamp(response.Content.Headers.ContentLength ?? 4096, 1, 1 << 20));
        int read;
        while ((read = await body.ReadAsync(content.GetMemory(4096), _aborted.Token)) > 0)
        {
            content.Advance(read);
        }

        return content.WrittenMemory;
    }

    /// <summary>An event of a stream is whole.</summary>
    public void OnEvent(bool hasChunk)
    {
        _bytesOfEvent = 0;
        FirstTokenSeen |= hasChunk;
    }

    /// <summary>Bytes have come.</summary>
    /// <exception cref="InvalidDataException">More than one answer or event may have.</exception>
    internal void OnBytes(int count)
    {
        Volatile.Write(ref _lastActivity, _time.GetTimestamp());
        _bytesOfEvent += count;
        if (_bytesOfEvent > MaxBytes)
        {
            throw new InvalidDataException("The provider's answer is too large.");
        }
    }

    public void Dispose()
    {
        _timer.Dispose();
        // Ends what is still on the wire: the caller that stops reading stops the generation.
        _aborted.Cancel();
        _response?.Dispose();
        _aborted.Dispose();
    }

    // One timer, armed once a silence rather than once a read: reading a token costs a timestamp only.
    private void OnTimer()
    {
        var left = _timeout - _time.GetElapsedTime(Volatile.Read(ref _lastActivity));
        try
        {
            if (left > TimeSpan.Zero)
            {
                _timer.Change(left, Timeout.InfiniteTimeSpan);
                return;
            }

            TimedOut = true;
            _aborted.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The exchange ended while its timer fired.
        }
    }
}
