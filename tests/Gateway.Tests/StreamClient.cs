using System.Text;

namespace Prism.Tests;

/// <summary>A client that reads a stream as it comes.</summary>
internal sealed class StreamClient : IAsyncDisposable
{
    private readonly StreamReader _reader;

    private StreamClient(HttpResponseMessage response, Stream body)
    {
        Response = response;
        _reader = new StreamReader(body, Encoding.UTF8);
    }

    public HttpResponseMessage Response { get; }

    /// <summary>Sends <see cref="GatewayHost.HelloStream"/> and waits for the headers of the answer.</summary>
    public static async Task<StreamClient> OpenAsync(GatewayHost host, string path)
    {
        var response = await host.BeginAsync(path, GatewayHost.HelloStream);
        return new StreamClient(response, await response.Content.ReadAsStreamAsync());
    }

    /// <summary>The next event or comment, with the empty line that ends it.</summary>
    public async Task<string> ReadEventAsync()
    {
        var lines = new StringBuilder();
        string? line;
        do
        {
            line = await _reader.ReadLineAsync().WaitAsync(GatewayHost.Deadline);
            lines.Append(line).Append('\n');
        }
        while (!string.IsNullOrEmpty(line));
        return lines.ToString();
    }

    /// <summary>All that is left.</summary>
    public Task<string> ReadToEndAsync() => _reader.ReadToEndAsync().WaitAsync(GatewayHost.Deadline);

    /// <summary>Leaves: closes the connection.</summary>
    public ValueTask DisposeAsync()
    {
        _reader.Dispose();
        Response.Dispose();
        return ValueTask.CompletedTask;
    }
}
