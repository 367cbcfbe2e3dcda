// The styles of the Mantine components that only settings and outbox need.
import '@mantine/core/styles/Badge.layer.css'
import '@mantine/core/styles/Code.layer.css'
import '@mantine/core/styles/Combobox.layer.css'
import '@mantine/core/styles/Radio.layer.css'
import '@mantine/core/styles/SegmentedControl.layer.css'
import '@mantine/core/styles/Switch.layer.css'
