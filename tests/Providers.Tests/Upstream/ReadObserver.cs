namespace Prism.Tests.Upstream;

/// <summary>Tells a test how far the provider has read, so that it can move the clock at exactly that point.</summary>
internal sealed class ReadObserver(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    private readonly Lock _lock = new();
    private readonly List<(long Bytes, TaskCompletionSource Reached)> _awaited = [];
    private long _read;
    private bool _pending;

    /// <summary>Completes once so many bytes of answers have been read, and more are waited for.</summary>
    public Task WaitUntilPendingAfterAsync(long bytes)
    {
        lock (_lock)
        {
            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _awaited.Add((bytes, reached));
            Signal();
            return reached.Task.WaitAsync(Patience.Limit);
        }
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        var content = new StreamContent(new ObservedStream(await response.Content.ReadAsStreamAsync(cancellationToken), this));
        foreach (var (name, values) in response.Content.Headers)
        {
            content.Headers.TryAddWithoutValidation(name, values);
        }

        response.Content = content;
        return response;
    }

    private void OnRead(int bytes, bool pending)
    {
        lock (_lock)
        {
            _read += bytes;
            _pending = pending;
            Signal();
        }
    }

    private void Signal()
    {
        foreach (var (bytes, reached) in _awaited)
        {
            if (_pending && _read >= bytes)
            {
                reached.TrySetResult();
            }
        }
    }

    private sealed class ObservedStream(Stream inner, ReadObserver observer) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var reading = inner.ReadAsync(buffer, cancellationToken);
            observer.OnRead(0, pending: !reading.IsCompleted);
            var read = await reading;
            observer.OnRead(read, pending: false);
            return read;
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
