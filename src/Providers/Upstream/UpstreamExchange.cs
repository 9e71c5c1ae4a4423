using System.Buffers;

namespace Prism.Providers.Upstream;

/// <summary>
/// One HTTP exchange with a provider, and the clock over it: the wait for the first token and the silences after it are each bounded by
/// <see cref="ProviderOptions.Timeout"/>. A total timeout would cut good long answers, so there is none. The clock runs only while the
/// provider is waited for: a reader that takes its time with a piece is not the provider's silence.
/// </summary>
internal sealed class UpstreamExchange : IDisposable
{
    // Only the end of the body is missing then, and a server that keeps it back is not worth waiting for.
    private static readonly TimeSpan FinishTimeout = TimeSpan.FromMilliseconds(100);

    // OpenAI's, Anthropic's, Azure's, AWS's, and that of proxies.
    private static readonly string[] RequestIdHeaders = ["x-request-id", "request-id", "apim-request-id", "x-amzn-requestid", "cf-ray"];

    private readonly HttpMessageInvoker _http;
    private readonly TimeSpan _timeout;
    private readonly TimeProvider _time;
    private readonly int _maxBytes;
    private readonly CancellationTokenSource _aborted;
    private readonly ITimer _timer;
    private long _lastActivity;
    private volatile bool _waiting = true;
    private volatile bool _finishing;
    private bool _begun;
    private int _bytesOfEvent;
    private HttpResponseMessage? _response;

    public UpstreamExchange(HttpMessageInvoker http, ProviderOptions options, TimeProvider time, CancellationToken caller)
    {
        _http = http;
        _timeout = options.Timeout;
        _time = time;
        _maxBytes = options.MaxAnswerBytes;
        _aborted = CancellationTokenSource.CreateLinkedTokenSource(caller);
        _lastActivity = time.GetTimestamp();
        _timer = time.CreateTimer(static state => ((UpstreamExchange)state!).OnTimer(), this, _timeout, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Fires when the caller leaves or the clock runs out.</summary>
    public CancellationToken Aborted => _aborted.Token;

    /// <summary>Whether it was the clock that ended the exchange.</summary>
    public bool TimedOut { get; private set; }

    /// <summary>Whether the provider has sent response headers.</summary>
    public bool Answered => _response is not null;

    /// <summary>The provider's own id of the call; null where it has told none.</summary>
    public string? RequestId => _response?.Headers is { } headers
        ? Array.Find(RequestIdHeaders, headers.Contains) is { } name ? string.Join(',', headers.GetValues(name)) : null
        : null;

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

    /// <summary>
    /// After the closing event of a stream: reads the end of the body, so that the next call finds the connection open and idle.
    /// </summary>
    public async Task FinishAsync(Stream body)
    {
        _finishing = true;
        _timer.Change(FinishTimeout, Timeout.InfiniteTimeSpan);
        var rest = new byte[256];
        try
        {
            while (await body.ReadAsync(rest, _aborted.Token) > 0)
            {
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException or InvalidDataException)
        {
            // The answer is whole, only its connection is not to be used again.
        }
    }

    /// <summary>An event of a stream is whole.</summary>
    public void OnEvent(bool hasToken)
    {
        _bytesOfEvent = 0;
        FirstTokenSeen |= hasToken;
    }

    /// <summary>Bytes are waited for.</summary>
    internal void OnReading()
    {
        // The wait for the first ones began with the request.
        if (_begun)
        {
            Volatile.Write(ref _lastActivity, _time.GetTimestamp());
        }

        _waiting = true;
    }

    /// <summary>Bytes have come.</summary>
    /// <exception cref="InvalidDataException">More than one answer or event may have.</exception>
    internal void OnBytes(int count)
    {
        _waiting = false;
        _begun = true;
        _bytesOfEvent += count;
        if (_bytesOfEvent > _maxBytes)
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
        var left = _waiting ? _timeout - _time.GetElapsedTime(Volatile.Read(ref _lastActivity)) : _timeout;
        try
        {
            if (left > TimeSpan.Zero && !_finishing)
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
