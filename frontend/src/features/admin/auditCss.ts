// The styles of the Mantine components that only the audit log needs.
import '@mantine/core/styles/Combobox.layer.css'
